// A real identity provider for one test: npm oidc-provider with its own sign-in form, on a port of its own.
const [module, port, redirect] = process.argv.slice(2);
const { Provider } = await import(module);
const provider = new Provider(`http://localhost:${port}`, {
  clients: [{
    client_id: "hub", client_secret: "only-for-this-test", redirect_uris: [redirect],
    grant_types: ["authorization_code"], response_types: ["code"],
  }],
  cookies: { keys: ["only-for-this-test"] },
  pkce: { required: () => true },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
