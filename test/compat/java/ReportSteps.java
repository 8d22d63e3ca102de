import com.getui.push.v2.sdk.ApiHelper;
import com.getui.push.v2.sdk.api.StatisticApi;
import com.getui.push.v2.sdk.dto.res.PushCountDTO;
import com.getui.push.v2.sdk.dto.res.statistic.StatisticDTO;
import com.google.gson.JsonObject;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The calls of the SDK's StatisticApi. */
final class ReportSteps {
  private ReportSteps() {}

  static void add(Map<String, Upstream.Step> steps, ApiHelper helper) {
    StatisticApi api = helper.creatApi(StatisticApi.class);
    steps.put("reportTasks", given -> Typed.nested(api.queryPushResultByTaskIds(tasks(given)), StatisticDTO.class));
    steps.put("reportDetail", given -> Typed.nested(api.queryPushTaskDetailData(tasks(given)), StatisticDTO.class));
    steps.put("reportGroup", given ->
        Typed.nested(api.queryPushResultByGroupName(Messages.text(given, "group")), StatisticDTO.class));
    steps.put("reportDate", given ->
        Typed.nested(api.queryPushResultByDate(Messages.text(given, "date")), StatisticDTO.class));
    steps.put("reportUsers", given ->
        // Typed one level deeper than the API answers: the SDK hands on what it gets.
        Typed.values(api.queryUserDataByDate(Messages.text(given, "date")), Map.class));
    steps.put("reportOnline", given -> Typed.nested(api.queryOnlineUserData(), Integer.class));
    steps.put("reportCount", given -> Typed.nested(api.queryPushCountData(), PushCountDTO.class));
  }

  private static Set<String> tasks(JsonObject given) {
    return new LinkedHashSet<>(Messages.list(given, "tasks"));
  }
}
