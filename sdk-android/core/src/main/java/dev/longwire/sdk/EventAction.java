package dev.longwire.sdk;

/** What a user did with a push. */
public final class EventAction {
    public static final EventAction SHOWN = new EventAction("shown");
    public static final EventAction CLICKED = new EventAction("clicked");
    public static final EventAction DISMISSED = new EventAction("dismissed");

    private static final int MAX_CUSTOM = 99_999;

    private final String wireName;

    private EventAction(String wireName) {
        this.wireName = wireName;
    }

    /**
     * An action of the app's own.
     *
     * @param number 0 to 99999
     */
    public static EventAction custom(int number) {
        if (number < 0 || number > MAX_CUSTOM) {
            throw new IllegalArgumentException("custom: " + number + " is not from 0 to " + MAX_CUSTOM);
        }
        String digits = String.valueOf(number);
        return new EventAction("custom:" + "00000".substring(digits.length()) + digits);
    }

    /** shown, clicked, dismissed or custom:NNNNN. */
    public static EventAction of(String wireName) {
        for (EventAction one : new EventAction[] {SHOWN, CLICKED, DISMISSED}) {
            if (one.wireName.equals(wireName)) {
                return one;
            }
        }
        if (wireName.matches("custom:[0-9]{5}")) {
            return new EventAction(wireName);
        }
        throw new IllegalArgumentException(wireName + ": an event is shown, clicked, dismissed or custom:NNNNN");
    }

    /** As the protocol writes it. */
    public String wireName() {
        return wireName;
    }
}
