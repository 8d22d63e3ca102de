import com.getui.push.v2.sdk.ApiHelper;
import com.getui.push.v2.sdk.api.AuthApi;
import com.getui.push.v2.sdk.core.client.DefaultApiClient;
import com.getui.push.v2.sdk.core.factory.GtApiProxyFactory;
import com.getui.push.v2.sdk.dto.res.TokenDTO;
import java.lang.reflect.Field;
import java.util.LinkedHashMap;
import java.util.Map;

/** The SDK's token: what it sends, its revocation, and another put in its place. */
final class TokenSteps {
  private TokenSteps() {}

  static void add(Map<String, Upstream.Step> steps, ApiHelper helper, TokenWatch watch) {
    AuthApi api = helper.creatApi(AuthApi.class);
    steps.put("token", given -> {
      Map<String, Object> seen = new LinkedHashMap<>();
      seen.put("auths", watch.auths);
      seen.put("token", watch.token);
      return Typed.own(seen);
    });
    steps.put("revoke", given -> api.close(Messages.text(given, "token")));
    // As if it had been kept too long by a clock that stands still: the SDK takes it for good, the server doesn't.
    steps.put("replaceToken", given -> {
      TokenDTO token = new TokenDTO();
      token.setToken(Messages.text(given, "token"));
      token.setExpireTime(System.currentTimeMillis() + 86_400_000);
      Object client = field(GtApiProxyFactory.class, "defaultApiClient", field(ApiHelper.class, "gtApiProxyFactory", helper));
      Field held = DefaultApiClient.class.getDeclaredField("token");
      held.setAccessible(true);
      held.set(client, token);
      return Typed.own(null);
    });
  }

  private static Object field(Class<?> type, String name, Object of) throws ReflectiveOperationException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field.get(of);
  }
}
