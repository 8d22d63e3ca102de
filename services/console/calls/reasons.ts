/**
 * What may be wrong, in English; `{name}` stands for a parameter. An answer names the reason and its parameters, so that pages
 * say it in the reader's language.
 */
export const reasonTexts = {
  // Fields, by the rules of schemas.
  missing: 'is missing',
  unknown_field: 'is not known here',
  wrong_type: 'must be of the type {type}',
  not_one_of: 'must be one of {values}',
  wrong_form: 'is not of the form that is allowed',
  wrong_form_of: 'is not of the form that is allowed: {form}',
  too_short: 'must have at least {limit} characters',
  too_long: 'must have at most {limit} characters',
  too_few: 'must have at least {limit} items',
  too_many: 'must have at most {limit} items',
  too_small: 'must be at least {limit}',
  too_great: 'must be at most {limit}',
  not_an_object: 'must be an object',
  not_json: 'is not JSON',
  no_media_type: 'must be application/json',
  no_such_path: 'is not a path of the console',
  no_page_key: 'is no key of a page: it is `next` of the page before',
  no_such_series: 'there is no {name}',
  // Pushes.
  no_audience_kind: 'must be one of cid, alias, tag and all',
  one_content: 'must have exactly one of notification, transmission and revoke',
  needed_by_click: 'is needed with this click_type',
  duration_too_short: 'must be over ten minutes',
  not_ahead: 'must be ahead, within the next 7 days',
  half_character: 'holds half of a character',
  no_device_of_app: 'is no device of this app',
  alias_unused: 'no device has this alias',
  // Other fields.
  alias_with_cid: 'goes without cid: say one of them, or neither',
  no_url: 'must be a URL that begins with http:// or https://',
  same_password: 'is the one in use',
  name_in_password: 'has the name in it',
  another_app: 'is another app',
  not_signed_text: 'is not what is signed',
  not_now: 'is too far from now',
  no_rsa_key: 'must be an RSA key of 2048 bits or more, in PEM without a password',
  no_p256_key: 'must be a key of P-256, in PEM without a password',
  own_account: 'nobody disables the own account',
  // What there isn't.
  none_to_see: 'there is no such {what}, or none that you may see',
  no_path: 'there is no such path',
  no_provider: 'there is no identity provider',
  // What stands against it.
  name_taken: 'another operator has this name',
  last_admin: 'somebody has to stay an admin of all apps',
  app_id_taken: 'another app has this id',
  app_disabled: 'the app is disabled',
  no_callback_url: 'the app has no callback URL',
  no_channel_keys: 'user-mysql has no channelSecretsKeys, so credentials can’t be kept',
  stopped_already: 'it is stopped already',
  time_over: 'its time is over',
  nothing_to_stop: 'there is nothing to stop',
  sent_at_once: 'a push to one device is on its way at once: it can be recalled',
  being_sent: 'it is being sent',
  nothing_to_recall: 'there is nothing to take back',
  tags_forgotten: 'it went to {devices} devices, and its tags are not kept any more',
  no_device_has_it: 'no device has got it',
  password_elsewhere: 'the password of this account is kept by its identity provider',
  no_password: 'this account has no password any more',
  role_refuses: '{role} refuses it: {said}',
  // The upstream API.
  quota_used_up: 'a quota of the app is used up: {said} ({code})',
  queue_full: 'too many messages wait for the device ({code})',
  upstream_invalid: 'is not taken by the upstream API: {said}',
  upstream_refuses: 'the upstream API refuses it: {said} ({code})',
  // Who may not.
  not_signed_in: 'nobody is signed in, or the session has ended',
  wrong_password: 'name or password is wrong',
  change_password_first: 'the password has to be changed first',
  needs_right: 'this needs the right {right}',
  needs_any_right: 'this needs any right',
  other_origin: 'the request does not come from the console’s own pages',
  wrong_csrf_token: 'x-csrf-token is missing or wrong',
  name_locked: 'too many wrong passwords for this name',
  address_tries: 'too many tries from this address',
  hashes_wait: 'too many sign in at once',
  sign_in_not_begun: 'this sign-in was not begun here, or too long ago',
  no_name_claim: 'the provider says no name that fits in {claim}',
  no_right_given: 'the provider knows this account, and no right is given to it here',
  account_disabled: 'this account is disabled',
  not_confirmed: 'the identity provider did not confirm who this is',
  // What doesn't answer.
  role_away: '{role} doesn’t answer',
  some_role_away: 'a role does not answer',
  no_callbacks: 'no instance of im that tells upstreams answers',
  im_refuses_key: 'im refuses the app’s key: {said}',
  im_busy: 'im can’t take it now: {said}',
  audit_waits: 'the audit log can’t be written, so nothing is changed',
  many_pages: 'too many pages look on',
  // The rest.
  body_too_large: 'the body is too large',
  wrong_method: 'the method is not allowed here',
  unexpected: 'unexpected fault; the console’s log says more',
} as const;
export type Reason = keyof typeof reasonTexts;
export const reasons = Object.keys(reasonTexts) as Reason[];

/** What stands for the names in a reason's text. */
export type ReasonParams = Readonly<Record<string, string | number>>;

/** A text with its parameters in their places; one that isn't given stays as it is. */
export function filled(text: string, params: ReasonParams): string {
  return text.replaceAll(/\{(\w+)\}/g, (place, name: string) => String(params[name] ?? place));
}
