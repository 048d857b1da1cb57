// A small bot on discord.js: answers a mention, a command and a button.
// Prints one JSON line for each of "ready" and "resumed".
const {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  Client,
  Events,
  GatewayIntentBits,
  MessageFlags,
  SlashCommandBuilder,
} = require('discord.js');

const { DISCORD_API_URL, DISCORD_TOKEN } = process.env;

const client = new Client({
  intents: [
    GatewayIntentBits.Guilds,
    GatewayIntentBits.GuildMessages,
    GatewayIntentBits.MessageContent,
  ],
  rest: { api: DISCORD_API_URL },
});

const say = (happened) => process.stdout.write(`${JSON.stringify({ happened })}\n`);

const ask = new SlashCommandBuilder()
  .setName('ask')
  .setDescription('Ask a question')
  .addStringOption((option) =>
    option.setName('question').setDescription('What to ask').setRequired(true),
  );

const button = new ButtonBuilder()
  .setCustomId('better')
  .setLabel('Suggest a better answer')
  .setStyle(ButtonStyle.Secondary);

client.once(Events.ClientReady, async () => {
  await client.application.commands.set([ask]);
  say('ready');
});

client.on(Events.ShardResume, () => say('resumed'));

client.on(Events.MessageCreate, async (message) => {
  if (message.author.bot || !message.mentions.has(client.user)) return;
  await message.reply({
    content: `Every employee gets 28 days, ${message.member.displayName}.`,
    components: [new ActionRowBuilder().addComponents(button)],
    allowedMentions: { parse: [] },
  });
});

client.on(Events.InteractionCreate, async (interaction) => {
  if (interaction.isChatInputCommand()) {
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    await interaction.editReply(`You asked: ${interaction.options.getString('question')}`);
  } else if (interaction.isButton()) {
    await interaction.reply({
      content: `Better than: ${interaction.message.content}`,
      flags: MessageFlags.Ephemeral,
    });
  }
});

client.login(DISCORD_TOKEN);
