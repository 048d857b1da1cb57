// What goes over the gateway, each way, in the types that discord-api-types publishes.
import type * as types from 'discord-api-types/v10';

type Interaction<Data> = types._DataPayload<
  types.GatewayDispatchEvents.InteractionCreate,
  Data
>;

// What an app receives, by the event's name, or by the opcode's where there is none;
// an interaction also by its type.
export interface Received {
  Heartbeat: types.GatewayHeartbeatRequest;
  HeartbeatAck: types.GatewayHeartbeatAck;
  Hello: types.GatewayHello;
  InvalidSession: types.GatewayInvalidSession;
  Reconnect: types.GatewayReconnect;
  CHANNEL_CREATE: types.GatewayChannelCreateDispatch;
  CHANNEL_DELETE: types.GatewayChannelDeleteDispatch;
  CHANNEL_UPDATE: types.GatewayChannelUpdateDispatch;
  GUILD_CREATE: types.GatewayGuildCreateDispatch;
  GUILD_DELETE: types.GatewayGuildDeleteDispatch;
  GUILD_MEMBERS_CHUNK: types.GatewayGuildMembersChunkDispatch;
  GUILD_MEMBER_ADD: types.GatewayGuildMemberAddDispatch;
  GUILD_MEMBER_REMOVE: types.GatewayGuildMemberRemoveDispatch;
  GUILD_MEMBER_UPDATE: types.GatewayGuildMemberUpdateDispatch;
  GUILD_ROLE_CREATE: types.GatewayGuildRoleCreateDispatch;
  GUILD_ROLE_UPDATE: types.GatewayGuildRoleUpdateDispatch;
  'INTERACTION_CREATE.2': Interaction<types.APIApplicationCommandInteraction>;
  'INTERACTION_CREATE.3': Interaction<types.APIMessageComponentInteraction>;
  'INTERACTION_CREATE.4': Interaction<types.APIApplicationCommandAutocompleteInteraction>;
  'INTERACTION_CREATE.5': Interaction<types.APIModalSubmitInteraction>;
  MESSAGE_CREATE: types.GatewayMessageCreateDispatch;
  MESSAGE_DELETE: types.GatewayMessageDeleteDispatch;
  MESSAGE_DELETE_BULK: types.GatewayMessageDeleteBulkDispatch;
  MESSAGE_REACTION_ADD: types.GatewayMessageReactionAddDispatch;
  MESSAGE_REACTION_REMOVE: types.GatewayMessageReactionRemoveDispatch;
  MESSAGE_UPDATE: types.GatewayMessageUpdateDispatch;
  READY: types.GatewayReadyDispatch;
  RESUMED: types.GatewayResumedDispatch;
  THREAD_CREATE: types.GatewayThreadCreateDispatch;
  THREAD_DELETE: types.GatewayThreadDeleteDispatch;
  THREAD_MEMBERS_UPDATE: types.GatewayThreadMembersUpdateDispatch;
  THREAD_UPDATE: types.GatewayThreadUpdateDispatch;
  TYPING_START: types.GatewayTypingStartDispatch;
}

// What an app sends, by the opcode's name.
export interface Sent {
  Heartbeat: types.GatewayHeartbeat;
  Identify: types.GatewayIdentify;
  PresenceUpdate: types.GatewayUpdatePresence;
  RequestGuildMembers: types.GatewayRequestGuildMembers;
  Resume: types.GatewayResume;
  VoiceStateUpdate: types.GatewayVoiceStateUpdate;
}
