export {
  type Broker,
  type BrokerCredentials,
  type BrokerOptions,
  brokerCredentials,
  kafkaClient,
  startBroker,
} from './kafka';
export { type AclPlan, applyAcls, applyTopics, type TopicPlan } from './kafka-admin';
export { defaultPortBase, freePorts, type PortOwner, portOffsets, portsFrom } from './ports';
export { type Postgres, type PostgresOptions, startPostgres } from './postgres';
export { StackRefusal } from './refusal';
export { dropServiceDatabase, ensureServiceDatabase, type ServiceDatabase } from './service-database';
export { startOwnServers, type TestServers, testServers } from './testing/servers';
export { spareUsers } from './testing/test-stack';
export { World } from './testing/world';
export { type ServiceName, serviceNames, stackUsers } from './users';
