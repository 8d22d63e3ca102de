import com.getui.push.v2.sdk.common.ApiResult;
import java.util.Map;

/**
 * Holds answers to their types. Where `data` doesn't parse as the type the SDK promises, the SDK answers it as whatever
 * JSON it is and says nothing; a cast of each value tells.
 */
final class Typed {
  private Typed() {}

  /** An answer of this program itself, in the shape of the server's. */
  static ApiResult<Object> own(Object data) {
    ApiResult<Object> result = new ApiResult<>(data);
    result.setCode(0);
    result.setMsg("success");
    return result;
  }

  /** @throws ClassCastException naming both types, where the data is another. */
  static <T> ApiResult<T> data(ApiResult<T> result, Class<T> type) {
    if (result.getData() != null) type.cast(result.getData());
    return result;
  }

  /** @throws ClassCastException where one of the values is of another type. */
  static <V> ApiResult<?> values(ApiResult<? extends Map<String, ?>> result, Class<V> type) {
    Map<String, ?> data = result.getData();
    if (data != null) data.forEach((key, value) -> type.cast(value));
    return result;
  }

  /** The same for the values of the values. */
  static <V> ApiResult<?> nested(ApiResult<? extends Map<String, ? extends Map<String, ?>>> result, Class<V> type) {
    Map<String, ?> data = result.getData();
    if (data == null) return result;
    data.forEach((key, value) -> {
      ((Map<?, ?>) value).forEach((name, inner) -> type.cast(inner));
    });
    return result;
  }
}
