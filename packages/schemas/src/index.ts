export { decode, encode, messageNameOf, schemaId, UndecodableError } from './codec';
export * from './generated/messages';
