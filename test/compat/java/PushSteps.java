import com.getui.push.v2.sdk.ApiHelper;
import com.getui.push.v2.sdk.api.PushApi;
import com.getui.push.v2.sdk.common.ApiResult;
import com.getui.push.v2.sdk.dto.req.Audience;
import com.getui.push.v2.sdk.dto.req.AudienceDTO;
import com.getui.push.v2.sdk.dto.req.message.PushBatchDTO;
import com.getui.push.v2.sdk.dto.res.ScheduleTaskDTO;
import com.getui.push.v2.sdk.dto.res.TaskIdDTO;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Map;

/** The calls of the SDK's PushApi. */
final class PushSteps {
  private PushSteps() {}

  static void add(Map<String, Upstream.Step> steps, ApiHelper helper) {
    PushApi api = helper.creatApi(PushApi.class);
    steps.put("singleCid", given ->
        Typed.nested(api.pushToSingleByCid(Messages.push(given, Messages.cids(given))), String.class));
    steps.put("singleAlias", given ->
        Typed.nested(api.pushToSingleByAlias(Messages.push(given, Messages.aliases(given))), String.class));
    steps.put("batchCid", given -> Typed.nested(api.pushBatchByCid(batch(given)), String.class));
    steps.put("batchAlias", given -> Typed.nested(api.pushBatchByAlias(batch(given)), String.class));
    steps.put("listMessage", given -> taskId(api.createMsg(Messages.push(given, null))));
    steps.put("listCid", given -> Typed.nested(api.pushListByCid(list(given, Messages.cids(given))), String.class));
    steps.put("listAlias", given ->
        Typed.nested(api.pushListByAlias(list(given, Messages.aliases(given))), String.class));
    steps.put("all", given -> taskId(api.pushAll(Messages.push(given, "all"))));
    steps.put("tag", given -> taskId(api.pushByTag(Messages.push(given, Messages.tag(given)))));
    steps.put("fastTag", given -> taskId(api.pushByFastCustomTag(Messages.push(given, Messages.fastTag(given)))));
    steps.put("stop", given -> api.stopPush(Messages.text(given, "task")));
    steps.put("schedule", given ->
        Typed.values(api.queryScheduleTask(Messages.text(given, "task")), ScheduleTaskDTO.class));
    steps.put("cancel", given -> api.deleteScheduleTask(Messages.text(given, "task")));
  }

  /** `messages`: one set of arguments each, to `cids` or `aliases`; `async`. */
  private static PushBatchDTO batch(JsonObject given) {
    PushBatchDTO batch = new PushBatchDTO();
    batch.setAsync(given.has("async") && given.get("async").getAsBoolean());
    for (JsonElement one : given.getAsJsonArray("messages")) {
      JsonObject message = one.getAsJsonObject();
      Audience audience = message.has("cids") ? Messages.cids(message) : Messages.aliases(message);
      batch.addPushDTO(Messages.push(message, audience));
    }
    return batch;
  }

  private static AudienceDTO list(JsonObject given, Audience audience) {
    AudienceDTO list = new AudienceDTO();
    list.setTaskid(Messages.text(given, "task"));
    list.setAudience(audience);
    list.setAsync(given.has("async") && given.get("async").getAsBoolean());
    return list;
  }

  private static ApiResult<TaskIdDTO> taskId(ApiResult<TaskIdDTO> result) {
    return Typed.data(result, TaskIdDTO.class);
  }
}
