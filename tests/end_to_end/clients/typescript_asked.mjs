// The TypeScript client of the 1.x line, asked by tools: see python_asked.py. Its argument is a server as JSON.
import { packages } from './scenario.mjs';

const { Client } = packages('@modelcontextprotocol/sdk/client/index.js');
const { StreamableHTTPClientTransport } = packages('@modelcontextprotocol/sdk/client/streamableHttp.js');
const { CreateMessageRequestSchema, ElicitRequestSchema, ListRootsRequestSchema } = packages(
  '@modelcontextprotocol/sdk/types.js',
);

const { url, api_key } = JSON.parse(process.argv[2]);
const capabilities = { elicitation: {}, sampling: {}, roots: {} };
const client = new Client({ name: 'asked', version: '1' }, { capabilities });
client.setRequestHandler(ElicitRequestSchema, ({ params }) => ({
  action: 'accept',
  content: { username: 'ada', email: params.message },
}));
client.setRequestHandler(CreateMessageRequestSchema, ({ params }) => ({
  role: 'assistant',
  content: { type: 'text', text: `You said ${params.messages[0].content.text}` },
  model: 'm',
}));
client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [{ uri: 'file:///home/ada' }] }));
const headers = { Authorization: `Bearer ${api_key}` };
await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));

const texts = [];
for (const call of [
  { name: 'test_elicitation', arguments: { message: 'Who are you?' } },
  { name: 'test_sampling', arguments: { prompt: 'Hello' } },
  { name: 'test_input_required_result_list_roots', arguments: {} },
]) {
  texts.push((await client.callTool(call)).content[0].text);
}
process.stdout.write(JSON.stringify(texts), () => process.exit(0));
