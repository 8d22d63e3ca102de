import com.getui.push.v2.sdk.ApiHelper;
import com.getui.push.v2.sdk.api.UserApi;
import com.getui.push.v2.sdk.dto.req.BadgeDTO;
import com.getui.push.v2.sdk.dto.req.CidAliasListDTO;
import com.getui.push.v2.sdk.dto.req.ConditionListDTO;
import com.getui.push.v2.sdk.dto.req.TagDTO;
import com.getui.push.v2.sdk.dto.req.UserDTO;
import com.getui.push.v2.sdk.dto.res.AliasResDTO;
import com.getui.push.v2.sdk.dto.res.CidStatusDTO;
import com.getui.push.v2.sdk.dto.res.QueryCidResDTO;
import com.google.gson.JsonObject;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The calls of the SDK's UserApi. */
final class UserSteps {
  private UserSteps() {}

  static void add(Map<String, Upstream.Step> steps, ApiHelper helper) {
    UserApi api = helper.creatApi(UserApi.class);
    steps.put("bindAlias", given -> api.bindAlias(pair(given)));
    steps.put("unbindAlias", given -> api.batchUnbindAlias(pair(given)));
    steps.put("dropAlias", given -> api.unbindAllAlias(Messages.text(given, "alias")));
    steps.put("aliasOf", given -> Typed.data(api.queryAliasByCid(Messages.text(given, "cid")), AliasResDTO.class));
    steps.put("cidsOf", given -> Typed.data(api.queryCidByAlias(Messages.text(given, "alias")), QueryCidResDTO.class));
    steps.put("status", given -> Typed.values(api.queryUserStatus(cids(given)), CidStatusDTO.class));
    steps.put("setTags", given -> api.userBindTags(Messages.text(given, "cid"), tags(given)));
    steps.put("tagsOf", given -> Typed.values(api.queryUserTags(Messages.text(given, "cid")), List.class));
    steps.put("addTag", given ->
        Typed.values(api.usersBindTag(Messages.text(given, "tag"), users(given)), String.class));
    steps.put("removeTag", given ->
        Typed.values(api.deleteUsersTag(Messages.text(given, "tag"), users(given)), String.class));
    steps.put("blacklist", given -> api.addBlackUser(cids(given)));
    steps.put("unblacklist", given -> api.removeBlackUser(cids(given)));
    steps.put("badge", given -> api.setBadge(cids(given), badge(given)));
    steps.put("count", given -> {
      ConditionListDTO conditions = new ConditionListDTO().addCondition(Messages.condition(given));
      return Typed.values(api.queryUser(conditions), Integer.class);
    });
  }

  private static CidAliasListDTO pair(JsonObject given) {
    CidAliasListDTO list = new CidAliasListDTO();
    list.add(new CidAliasListDTO.CidAlias(Messages.text(given, "cid"), Messages.text(given, "alias")));
    return list;
  }

  private static TagDTO tags(JsonObject given) {
    TagDTO tags = TagDTO.build();
    for (String tag : Messages.list(given, "tags")) tags.addTag(tag);
    return tags;
  }

  private static UserDTO users(JsonObject given) {
    UserDTO users = UserDTO.build();
    for (String cid : Messages.list(given, "cids")) users.addCid(cid);
    return users;
  }

  private static BadgeDTO badge(JsonObject given) {
    BadgeDTO badge = new BadgeDTO();
    badge.setBadge(Messages.text(given, "badge"));
    return badge;
  }

  private static Set<String> cids(JsonObject given) {
    return new LinkedHashSet<>(Messages.list(given, "cids"));
  }
}
