// A small app on bolt-js: answers a mention, a command and a button.
// Prints one JSON line when it is ready: {} over Socket Mode, {"port": …} over HTTP.
const { App, LogLevel } = require('@slack/bolt');

const { SLACK_API_URL, SLACK_APP_TOKEN, SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET } = process.env;

const app = new App({
  token: SLACK_BOT_TOKEN,
  clientOptions: { slackApiUrl: SLACK_API_URL },
  logLevel: LogLevel.ERROR,
  ...(SLACK_APP_TOKEN
    ? { appToken: SLACK_APP_TOKEN, socketMode: true }
    : { signingSecret: SLACK_SIGNING_SECRET }),
});

const button = {
  type: 'actions',
  elements: [
    {
      type: 'button',
      action_id: 'better',
      text: { type: 'plain_text', text: 'Suggest a better answer' },
      value: 'answer-1',
    },
  ],
};

app.event('app_mention', async ({ event, client }) => {
  await client.chat.postMessage({
    channel: event.channel,
    thread_ts: event.thread_ts ?? event.ts,
    text: 'Every employee gets 28 days.',
    blocks: [{ type: 'markdown', text: '**28 days**' }, button],
    metadata: { event_type: 'answer', event_payload: { question: event.ts } },
  });
});

app.event('message', async () => {});

app.command('/ask', async ({ command, ack, respond }) => {
  await ack();
  await respond(`You asked: ${command.text}`);
});

app.action('better', async ({ ack, body, client }) => {
  await ack();
  await client.views.open({
    trigger_id: body.trigger_id,
    view: {
      type: 'modal',
      title: { type: 'plain_text', text: 'A better answer' },
      blocks: [{ type: 'section', text: { type: 'mrkdwn', text: body.actions[0].value } }],
    },
  });
});

app.start(0).then((server) => {
  const port = server?.address?.()?.port;
  process.stdout.write(`${JSON.stringify(port ? { port } : {})}\n`);
});
