// The TypeScript client of the 1.x line with tasks of 2025-11-25. Its argument is a server as JSON; it prints what it has seen.
import { packages } from './scenario.mjs';

const { Client } = packages('@modelcontextprotocol/sdk/client/index.js');
const { StreamableHTTPClientTransport } = packages('@modelcontextprotocol/sdk/client/streamableHttp.js');

const { url, api_key } = JSON.parse(process.argv[2]);
const client = new Client({ name: 'tasks', version: '1' }, { capabilities: { tasks: {} } });
const headers = { Authorization: `Bearer ${api_key}` };
await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
await client.listTools();

/** The messages of a call as a task; `onTask` is told the id. */
async function called(size, onTask = () => {}) {
  const messages = [];
  const call = { name: 'matrix_decomposition', arguments: { size } };
  for await (const message of client.experimental.tasks.callToolStream(call, undefined, { task: { ttl: 60_000 } })) {
    if (message.type === 'taskCreated') await onTask(message.task.taskId);
    messages.push(message);
  }
  return messages.map(({ type, task, result, error }) => ({ type, task, result, error: error?.message }));
}

const completed = await called(4);
let cancelled;
await called(400, async (taskId) => {
  cancelled = await client.experimental.tasks.cancelTask(taskId);
});
const { tasks } = await client.experimental.tasks.listTasks();
process.stdout.write(JSON.stringify({ completed, cancelled, tasks }), () => process.exit(0));
