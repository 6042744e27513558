// The TypeScript client of the 2.x line with the tasks extension: the package ext-tasks follows the tasks, over the
// requests that this file sends, as that package wants it. Its argument is two servers as JSON: see python_tasks.py.
import { pathToFileURL } from 'node:url';
import { packages } from './scenario.mjs';

const { Client, StreamableHTTPClientTransport } = packages('@modelcontextprotocol/client');
const folder = `${process.cwd()}/node_modules/@modelcontextprotocol/ext-tasks/dist/client/index.js`;
const { createTaskSessionFromClient, resultFromTaskOutcome } = await import(pathToFileURL(folder));

const PROTOCOL = '2026-07-28';
const INFORMATION = { name: 'tasks', version: '2' };
const CAPABILITIES = { elicitation: { form: {} } };
const servers = JSON.parse(process.argv[2]);
let number = 0;

/** The message of an event stream that answers; before it come only notifications. */
function answerIn(stream) {
  const data = [...stream.matchAll(/^data: ?(.+)$/gm)].map(([, line]) => JSON.parse(line));
  return data.find((message) => 'id' in message && !('method' in message));
}

/** Sends one request as MCP 2026-07-28 has it, and hands its answer to ext-tasks; notes the status of every task. */
function dispatchTo({ url, api_key }, seen) {
  return async (request, { signal } = {}) => {
    const { method, params } = request;
    const name = params.name ?? params.taskId;
    const response = await fetch(url, {
      method: 'POST',
      signal,
      headers: {
        Authorization: `Bearer ${api_key}`,
        Accept: 'application/json, text/event-stream',
        'Content-Type': 'application/json',
        'MCP-Protocol-Version': PROTOCOL,
        'Mcp-Method': method,
        'Mcp-Name': name,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: (number += 1), ...request }),
    });
    const text = await response.text();
    const isStream = response.headers.get('content-type').startsWith('text/event-stream');
    const { result, error } = isStream ? answerIn(text) : JSON.parse(text);
    if (error) return { kind: 'error', error };
    if (result.status && seen.at(-1) !== result.status) seen.push(result.status);
    return { kind: 'result', result };
  };
}

async function called(server, tool, parameters, givesUp) {
  const seen = [];
  const client = new Client(INFORMATION, { capabilities: CAPABILITIES, versionNegotiation: { mode: { pin: PROTOCOL } } });
  const headers = { Authorization: `Bearer ${server.api_key}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(server.url), { requestInit: { headers } }));
  const session = createTaskSessionFromClient(client, {
    endpointId: server.url,
    rawDispatch: dispatchTo(server, seen),
    v2RequestFraming: { protocolVersion: PROTOCOL, clientInfo: INFORMATION, clientCapabilities: CAPABILITIES },
    onInputRequest: async () => ({ action: 'accept', content: { confirm: true } }),
  });
  const execution = await session.callTool(tool, parameters);
  if (givesUp) await execution.cancel();
  const { outcome } = await execution.settle();
  const result = outcome.status === 'completed' ? resultFromTaskOutcome(outcome) : null;
  await session.close();
  return { seen, outcome: outcome.status, result };
}

const found = [
  await called(servers.demo, 'matrix_decomposition', { size: 4 }, false),
  await called(servers.everything, 'confirm_delete', { filename: 'notes.txt' }, false),
  await called(servers.demo, 'matrix_decomposition', { size: 400 }, true),
];
process.stdout.write(JSON.stringify(found), () => process.exit(0));
