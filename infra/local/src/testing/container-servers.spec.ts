import { chooseProvider } from './container-servers';

describe("the tests' servers", () => {
  it('are chosen with a sentence that says which and why', async () => {
    const { provider, sentence } = await chooseProvider({ DOCKER_HOST: 'tcp://127.0.0.1:1' });
    expect(sentence).toMatch(new RegExp(`^Test servers: ${provider}, since (no|the|a) container engine`));
  });

  it('are embedded when that is asked for', async () => {
    await expect(chooseProvider({ MANDATE_TEST_SERVERS: 'embedded' })).resolves.toEqual({
      provider: 'embedded',
      sentence: 'Test servers: embedded, as MANDATE_TEST_SERVERS says.',
    });
  });
});
