import com.getui.push.v2.sdk.ApiHelper;
import com.getui.push.v2.sdk.GtApiConfiguration;
import com.getui.push.v2.sdk.common.ApiResult;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * An upstream of Longwire that uses Getui's official SDK. Arguments: domain, appId, appKey, masterSecret. Each line on
 * standard input is one step, `{"step": name, …arguments}`; each line on standard output is its answer,
 * `{"step", "code", "msg", "data"}`, or `{"step", "fault"}` where the SDK threw. Ends with its input.
 */
public final class Upstream {
  private static final Gson json = new GsonBuilder().disableHtmlEscaping().create();

  /** One step: takes its arguments, answers what the SDK answered. */
  interface Step {
    ApiResult<?> run(JsonObject arguments) throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    GtApiConfiguration configuration = new GtApiConfiguration();
    configuration.setDomain(arguments[0]);
    configuration.setAppId(arguments[1]);
    configuration.setAppKey(arguments[2]);
    configuration.setMasterSecret(arguments[3]);
    TokenWatch tokens = new TokenWatch();
    Map<String, Step> steps = new TreeMap<>();
    try {
      ApiHelper helper = ApiHelper.build(configuration, new com.getui.push.v2.sdk.core.DefaultJson(), tokens);
      PushSteps.add(steps, helper);
      UserSteps.add(steps, helper);
      ReportSteps.add(steps, helper);
      TokenSteps.add(steps, helper, tokens);
      answer(out, "built", Typed.own(null));
    } catch (Exception error) {
      fault(out, "built", error);
      System.exit(1);
    }
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      JsonObject given = json.fromJson(line, JsonObject.class);
      String name = given.get("step").getAsString();
      try {
        Step step = steps.get(name);
        if (step == null) throw new IllegalArgumentException("no such step");
        answer(out, name, step.run(given));
      } catch (Exception error) {
        fault(out, name, error);
      }
    }
    // The SDK's own threads would keep the process.
    System.exit(0);
  }

  private static void answer(PrintStream out, String step, ApiResult<?> result) {
    JsonObject line = new JsonObject();
    line.addProperty("step", step);
    line.addProperty("code", result.getCode());
    line.addProperty("msg", result.getMsg());
    line.add("data", json.toJsonTree(result.getData()));
    out.println(json.toJson(line));
  }

  private static void fault(PrintStream out, String step, Exception error) {
    JsonObject line = new JsonObject();
    line.addProperty("step", step);
    line.addProperty("fault", String.valueOf(error));
    out.println(json.toJson(line));
  }
}
