import com.getui.push.v2.sdk.dto.req.Audience;
import com.getui.push.v2.sdk.dto.req.Condition;
import com.getui.push.v2.sdk.dto.req.Settings;
import com.getui.push.v2.sdk.dto.req.message.PushDTO;
import com.getui.push.v2.sdk.dto.req.message.PushMessage;
import com.getui.push.v2.sdk.dto.req.message.android.GTNotification;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * Requests as an upstream makes them with the SDK's classes, of a step's arguments: `requestId`, `text` (a transmission)
 * or `title` (a notification), `ttl`?, `schedule`?, `group`?.
 */
final class Messages {
  private Messages() {}

  static <T> PushDTO<T> push(JsonObject given, T audience) {
    PushDTO<T> push = new PushDTO<>();
    push.setRequestId(text(given, "requestId"));
    if (given.has("group")) push.setGroupName(text(given, "group"));
    Settings settings = new Settings();
    settings.setTtl(given.has("ttl") ? given.get("ttl").getAsInt() : 3600000);
    if (given.has("schedule")) settings.setScheduleTime(given.get("schedule").getAsLong());
    push.setSettings(settings);
    push.setAudience(audience);
    PushMessage message = new PushMessage();
    if (given.has("title")) message.setNotification(notification(text(given, "title")));
    else message.setTransmission(text(given, "text"));
    push.setPushMessage(message);
    return push;
  }

  static Audience cids(JsonObject given) {
    Audience audience = new Audience();
    for (String cid : list(given, "cids")) audience.addCid(cid);
    return audience;
  }

  static Audience aliases(JsonObject given) {
    Audience audience = new Audience();
    for (String alias : list(given, "aliases")) audience.addAlias(alias);
    return audience;
  }

  static Audience fastTag(JsonObject given) {
    Audience audience = new Audience();
    audience.setFastCustomTag(text(given, "tag"));
    return audience;
  }

  static Audience tag(JsonObject given) {
    Audience audience = new Audience();
    audience.addCondition(condition(given));
    return audience;
  }

  static Condition condition(JsonObject given) {
    Condition condition = new Condition();
    condition.setKey("custom_tag");
    condition.addValue(text(given, "tag"));
    condition.setOptType("or");
    return condition;
  }

  static String text(JsonObject given, String name) {
    return given.get(name).getAsString();
  }

  static List<String> list(JsonObject given, String name) {
    List<String> values = new ArrayList<>();
    for (JsonElement value : given.getAsJsonArray(name)) values.add(value.getAsString());
    return values;
  }

  /** The SDK has most numbers of a notification as strings. */
  private static GTNotification notification(String title) {
    GTNotification notification = new GTNotification();
    notification.setTitle(title);
    notification.setBody("body of " + title);
    notification.setClickType("url");
    notification.setUrl("https://example.com/");
    notification.setChannelLevel("4");
    notification.setNotifyId("7");
    notification.setBadgeAddNum("1");
    return notification;
  }
}
