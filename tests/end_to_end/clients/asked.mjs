// What a client answers that is asked, and the calls that ask: see python_asked.py.
export const CAPABILITIES = { elicitation: {}, sampling: {}, roots: {} };

export const elicit = ({ params }) => ({
  action: 'accept',
  content: { username: 'ada', email: params.message },
});

export const sample = ({ params }) => ({
  role: 'assistant',
  content: { type: 'text', text: `You said ${params.messages[0].content.text}` },
  model: 'm',
});

export const roots = () => ({ roots: [{ uri: 'file:///projects/ada' }] });

export async function callAll(client) {
  const texts = [];
  for (const call of [
    { name: 'test_elicitation', arguments: { message: 'Who are you?' } },
    { name: 'test_sampling', arguments: { prompt: 'Hello' } },
    { name: 'test_input_required_result_list_roots', arguments: {} },
  ]) {
    texts.push((await client.callTool(call)).content[0].text);
  }
  process.stdout.write(JSON.stringify(texts), () => process.exit(0));
}
