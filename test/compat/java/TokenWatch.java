import com.getui.push.v2.sdk.common.ApiException;
import com.getui.push.v2.sdk.core.factory.GtApiProxyFactory.ApiParam;
import com.getui.push.v2.sdk.core.handler.GtInterceptor;
import java.util.Map;

/** Sees what the SDK sends: how often it authenticated, and with which token it called last. */
final class TokenWatch implements GtInterceptor {
  volatile int auths;
  volatile String token;

  @Override
  public void pre(ApiParam call, Map<String, Object> header, String body) {
    if ("/auth".equals(call.getUri()) && "POST".equals(call.getMethod())) auths++;
    Object sent = header.get("token");
    if (sent != null) token = sent.toString();
  }

  @Override
  public void post(ApiParam call, Map<String, Object> header, String body, String answer) {}

  @Override
  public void handleException(String url, ApiParam call, Map<String, Object> header, String body, ApiException error) {}

  @Override
  public void afterCompletion(String url, ApiParam call, Map<String, Object> header, String body, String answer) {}
}
