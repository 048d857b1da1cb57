// What goes over the wire besides the Web API's calls, in the types that Slack publishes.
import type {
  BlockAction,
  RespondArguments,
  SlashCommand,
  ViewClosedAction,
  ViewResponseAction,
  ViewSubmitAction,
} from '@slack/bolt';
import type * as types from '@slack/types';

export interface Parts {
  block: types.KnownBlock;
  chunk: types.AnyChunk;
  metadata: types.MessageMetadata;
  view: types.View;
}

export interface Events {
  app_home_opened: types.AppHomeOpenedEvent;
  app_mention: types.AppMentionEvent;
  message: types.GenericMessageEvent;
  'message.bot_message': types.BotMessageEvent;
  'message.channel_join': types.ChannelJoinMessageEvent;
  'message.channel_leave': types.ChannelLeaveMessageEvent;
  'message.channel_name': types.ChannelNameMessageEvent;
  'message.channel_purpose': types.ChannelPurposeMessageEvent;
  'message.channel_topic': types.ChannelTopicMessageEvent;
  'message.file_share': types.FileShareMessageEvent;
  'message.me_message': types.MeMessageEvent;
  'message.message_changed': types.MessageChangedEvent;
  'message.message_deleted': types.MessageDeletedEvent;
}

export interface Interactions {
  block_actions: BlockAction;
  slash_commands: SlashCommand;
  view_closed: ViewClosedAction;
  view_submission: ViewSubmitAction;
}

export interface Replies {
  response_url: RespondArguments;
  slash_commands: RespondArguments;
  view_submission: ViewResponseAction;
}
