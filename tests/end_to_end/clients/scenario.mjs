// What every client does with a server, step by step; the transcript goes back to the test, which judges it.
// stdin: {"runs": [{"name", "mode", "demo": {"url", "api_key"}, "everything": {…}, "outsider_key"}]}   stdout: {name: transcript}
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

// Packages resolve from the working directory (.cache/node), not from this file.
export const packages = createRequire(`${process.cwd()}/`);

const ACCEPTED_AGAIN_WITHIN_MS = 15_000;

/** A fetch that notes the status and the challenge of every answer. */
export function notingFetch(answers) {
  return async (...request) => {
    const response = await fetch(...request);
    answers.push({ status: response.status, challenge: response.headers.get('www-authenticate') });
    return response;
  };
}

async function outcome(action) {
  try {
    return { result: await action() };
  } catch (error) {
    return { error: { name: error.name, code: error.code ?? null, message: error.message } };
  }
}

async function withProgress(call, client, parameters) {
  const progress = [];
  const result = await call(client, parameters, { onprogress: (event) => progress.push(event) });
  return { progress, result };
}

async function cancelled(call, client, size) {
  const abort = new AbortController();
  let reports = 0;
  const onprogress = () => {
    reports += 1;
    abort.abort();
  };
  const long = { name: 'matrix_decomposition', arguments: { size } };
  const { result, error } = await outcome(() => call(client, long, { onprogress, signal: abort.signal }));
  return { reports, result: result ?? null, error: error ?? null };
}

/** One decomposition at a time is allowed to a tenant, so another is accepted only when the cancelled one has stopped. */
async function acceptedAgain(call, client) {
  const deadline = Date.now() + ACCEPTED_AGAIN_WITHIN_MS;
  const small = { name: 'matrix_decomposition', arguments: { size: 4 } };
  for (;;) {
    const { result, error } = await outcome(() => call(client, small, {}));
    if (result && !result.isError) return { result };
    if (Date.now() > deadline) return { result, error };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function refused(connect, run, url, api_key) {
  const answers = [];
  const { error } = await outcome(async () => (await connect(run, { url, api_key }, answers)).close());
  return { answers, error: error ?? null };
}

async function exercise({ connect, call, era }, run) {
  const demo = await connect(run, run.demo);
  const everything = await connect(run, run.everything);
  const transcript = { era: era(demo) };
  transcript.tools = (await demo.listTools()).tools;
  const text = { name: 'text_statistics', arguments: { text: 'one two\nthree' } };
  transcript.statistics = await call(demo, text, {});
  transcript.steps = await withProgress(call, everything, { name: 'test_tool_with_progress', arguments: {} });
  const small = { name: 'matrix_decomposition', arguments: { size: 6, seed: 7 } };
  transcript.decomposition = await withProgress(call, demo, small);
  transcript.cancelled = await cancelled(call, demo, run.long_size);
  transcript.accepted_again = await acceptedAgain(call, demo);
  transcript.unknown_tool = await outcome(() => call(demo, { name: 'no_such_tool', arguments: {} }, {}));
  const wrong = { name: 'text_statistics', arguments: { text: 7 } };
  transcript.wrong_arguments = await outcome(() => call(demo, wrong, {}));
  transcript.without_key = await refused(connect, run, run.demo.url, null);
  transcript.outsider = await refused(connect, run, run.demo.url, run.outsider_key);
  await demo.close();
  await everything.close();
  return transcript;
}

/** Run what stdin asks for, one run after the other, and print the transcripts. */
export async function main(client) {
  const transcripts = {};
  for (const run of JSON.parse(readFileSync(0, 'utf8')).runs) {
    const { result, error } = await outcome(() => exercise(client, run));
    transcripts[run.name] = result ?? { failed: error };
  }
  // A pipe takes 64 KiB at once; to exit before it has taken the rest would cut the answer off.
  process.stdout.write(`${JSON.stringify(transcripts)}\n`, () => process.exit(0));
}
