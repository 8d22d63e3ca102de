package dev.longwire.sdk;

/** What to show. Texts that the sender left out are null, numbers that it left out too. */
public final class Notification {
    public final String title;
    public final String body;
    /** What a tap does, e.g. {@code none}, {@code url}, {@code intent}, {@code payload}, {@code startapp}; null if not said. */
    public final String clickType;
    public final String url;
    public final String intent;
    public final String payload;
    public final String logo;
    public final String logoUrl;
    public final String channelId;
    public final String channelName;
    public final Integer channelLevel;
    public final Integer badgeAddNum;
    /** A notification with the same number takes the place of an earlier one. */
    public final Integer notifyId;

    private Notification(Builder from) {
        title = from.title;
        body = from.body;
        clickType = from.clickType;
        url = from.url;
        intent = from.intent;
        payload = from.payload;
        logo = from.logo;
        logoUrl = from.logoUrl;
        channelId = from.channelId;
        channelName = from.channelName;
        channelLevel = from.channelLevel;
        badgeAddNum = from.badgeAddNum;
        notifyId = from.notifyId;
    }

    /** For the SDK, and for tests of apps. */
    public static final class Builder {
        public String title = "";
        public String body = "";
        public String clickType;
        public String url;
        public String intent;
        public String payload;
        public String logo;
        public String logoUrl;
        public String channelId;
        public String channelName;
        public Integer channelLevel;
        public Integer badgeAddNum;
        public Integer notifyId;

        public Notification build() {
            return new Notification(this);
        }
    }
}
