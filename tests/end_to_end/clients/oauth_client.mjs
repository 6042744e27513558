// Clients on a TypeScript SDK with its own OAuth, driven line by line: see python_oauth_client.py for the lines.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

class SignInNeeded extends Error {
  name = 'SignInNeeded';
}
export class NotLetIn extends Error {
  name = 'NotLetIn';
}

/** What a client keeps between its launches, as the SDK's OAuthClientProvider. */
class Provider {
  constructor(application) {
    this.application = application;
    this.stored = {};
  }
  get redirectUrl() {
    return this.application.redirectUrl;
  }
  get clientMetadata() {
    return {
      client_name: this.application.settings.name,
      redirect_uris: [this.redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
  }
  get clientMetadataUrl() {
    return this.application.settings.metadata_url ?? undefined;
  }
  state() {
    this.stored.state = randomUUID();
    return this.stored.state;
  }
  clientInformation = () => this.stored.client;
  saveClientInformation = (client) => void (this.stored.client = client);
  tokens = () => this.stored.tokens;
  saveTokens = (tokens) => void (this.stored.tokens = tokens);
  codeVerifier = () => this.stored.verifier;
  saveCodeVerifier = (verifier) => void (this.stored.verifier = verifier);
  discoveryState = () => this.stored.discovery;
  saveDiscoveryState = (discovery) => void (this.stored.discovery = discovery);
  redirectToAuthorization = (url) => this.application.open(url);
  invalidateCredentials(what) {
    for (const name of Object.keys(this.stored)) if (what === 'all' || what === name) delete this.stored[name];
  }
}

/** One client and its user. */
class Application {
  noted = [];
  alone = true;

  constructor(sdk, name, settings) {
    Object.assign(this, { sdk, name, settings, provider: new Provider(this) });
  }

  say(message) {
    console.log(JSON.stringify({ client: this.name, ...message }));
  }

  async obey(command) {
    this.alone = command.alone ?? false;
    try {
      this.say({ result: (await this[command.do](command)) ?? null });
    } catch (error) {
      this.say({ error: { name: error.name, message: error.message } });
    }
  }

  async connect() {
    await this.listen();
    await this.withUser(async () => {
      this.transport = new this.sdk.Transport(new URL(this.settings.url), {
        authProvider: this.provider,
        fetch: (...request) => this.fetch(...request),
      });
      this.client = this.sdk.newClient(this.name, this.settings.mode);
      await this.client.connect(this.transport);
    });
    return this.sdk.era(this.client, this.transport);
  }

  async disconnect() {
    await this.client?.close();
    this.listener.close();
  }

  async list() {
    return (await this.withUser(() => this.client.listTools())).tools.map((tool) => tool.name);
  }

  call({ tool, arguments: given = {} }) {
    const onprogress = ({ progress }) => this.say({ progress });
    return this.withUser(() => this.sdk.call(this.client, { name: tool, arguments: given }, { onprogress }));
  }

  stored() {
    return { ...this.provider.stored.tokens, client_id: this.provider.stored.client?.client_id ?? null };
  }

  /** These SDKs do not look at the clock: they learn of it by a 401. */
  wait_for_expiry() {}

  answers() {
    return this.noted.splice(0);
  }

  /** The SDK throws once it has sent the user to their browser; what comes back finishes that, and it goes on. */
  async withUser(action) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof this.sdk.UnauthorizedError) || this.alone) throw error;
      const answer = await this.answer;
      if (answer.get('state') !== this.provider.stored.state) throw new NotLetIn('another state came back');
      await this.sdk.finish(this.transport, answer);
      return await action();
    }
  }

  open(url) {
    if (this.alone) throw new SignInNeeded('The user has to sign in.');
    if (this.settings.first_scope) {
      url.searchParams.set('scope', this.settings.first_scope);
      delete this.settings.first_scope;
    }
    this.answer = new Promise((resolve) => (this.calledBack = resolve));
    this.say({ open: url.href });
  }

  async fetch(url, init) {
    const response = await fetch(url, init);
    if (String(url) === this.settings.url) {
      this.noted.push({ status: response.status, challenge: response.headers.get('www-authenticate') });
    }
    return response;
  }

  async listen() {
    this.listener = createServer((request, response) => {
      this.calledBack?.(new URL(request.url, 'http://callback').searchParams);
      response.setHeader('Content-Type', 'text/html').end('<h1>You may close this window</h1>');
    });
    await new Promise((resolve) => this.listener.listen(0, '127.0.0.1', resolve));
    this.redirectUrl = `http://${this.settings.callback_host}:${this.listener.address().port}/callback`;
  }
}

/** Until stdin ends. Each client obeys its own commands, one after the other, beside the others. */
export async function main(sdk) {
  const applications = {};
  const busy = {};
  for await (const line of createInterface({ input: process.stdin })) {
    const command = JSON.parse(line);
    const { client, do: what } = command;
    if (what === 'start') {
      applications[client] = new Application(sdk, client, command);
    } else {
      const obey = () => applications[client].obey(command);
      busy[client] = (busy[client] ?? Promise.resolve()).then(obey);
    }
  }
  process.exit(0);
}
