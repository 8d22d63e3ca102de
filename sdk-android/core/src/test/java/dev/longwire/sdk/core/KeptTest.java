package dev.longwire.sdk.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.longwire.sdk.Push;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a device keeps: its state, its events and its channels' tokens. */
class KeptTest {
    private static final Identity IDENTITY = new Identity("c1", "token");
    private static final ServerFrame.Fault LATER = new ServerFrame.Fault("unavailable", "m", null, null, null);
    private static final ServerFrame.Fault NEVER = new ServerFrame.Fault("bad_frame", "m", null, null, null);

    private final EventQueue events = new EventQueue(20, 10_000, 500);
    private final ChannelTokens channels = new ChannelTokens(10_000, 500);

    private static Delivered message(String id, Long seq, Long bseq) {
        return new Delivered(seq, bseq, Push.transmission(id, "task", 0, 0, "x"));
    }

    private static String first(Map<String, String> frames) {
        return frames.keySet().iterator().next();
    }

    private void add(int count) {
        for (int i = 0; i < count; i++) {
            events.add(new UserEvent("task", "id" + i, "shown", 1_000 + i));
        }
    }

    @Test
    void aMessageIsFinishedByItsPositionItsCursorOrItsId() {
        DeviceState state = DeviceState.fresh("app", IDENTITY, null).withCursor(5).finish(message("a", 7L, null));
        assertTrue(state.isFinished(message("other", 7L, null)));
        assertFalse(state.isFinished(message("other", 8L, null)));
        assertTrue(state.isFinished(message("other", null, 5L)));
        assertFalse(state.isFinished(message("other", null, 6L)));
        assertTrue(state.isFinished(message("a", 9L, null)));
        assertFalse(DeviceState.fresh("app", IDENTITY, null).isFinished(message("b", null, 1L)));
    }

    @Test
    void positionsOnlyGrowAndNothingNewIsTheSameState() {
        DeviceState state = DeviceState.fresh("app", IDENTITY, null).finish(message("a", 7L, null)).finish(message("b", 3L, 4L));
        assertEquals(7, state.seq);
        assertEquals(4L, state.bseq);
        assertSame(state, state.finish(message("a", 6L, null)));
        assertSame(state, state.withCursor(9));
        assertEquals(8, state.finish(message("a", 8L, null)).seq);
    }

    @Test
    void theLast200IdsAreKeptAlsoWhenAPositionIsForgottenOrTheDeviceIsAnew() {
        DeviceState state = DeviceState.fresh("app", IDENTITY, null);
        for (int i = 0; i < 250; i++) {
            state = state.finish(message("m" + i, i + 1L, null));
        }
        assertEquals(200, state.ids.size());
        assertEquals("m50", state.ids.get(0));
        assertEquals(0, state.without("seq").seq);
        assertTrue(state.without("seq").isFinished(message("m249", 1L, null)));
        assertNull(state.withCursor(3).without("bseq").bseq);
        DeviceState renewed = DeviceState.fresh("app", new Identity("c2", "t"), state);
        assertTrue(renewed.isFinished(message("m249", 1L, null)));
        assertFalse(renewed.isFinished(message("m250", 1L, null)));
    }

    @Test
    void aStateIsReadAsItWasWritten() {
        DeviceState state = DeviceState.fresh("app", IDENTITY, null).finish(message("a\"é", 7L, 9_007_199_254_740_991L));
        DeviceState read = DeviceState.decode(state.encode());
        assertEquals(state.encode(), read.encode());
        assertEquals("c1", read.identity.cid);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{}", "{\"appId\":\"a\"}", "{\"appId\":\"a\",\"cid\":\"c\",\"token\":\"t\",\"seq\":-1,\"ids\":[]}",
        "{\"appId\":\"a\",\"cid\":\"c\",\"token\":\"t\",\"seq\":1,\"ids\":[5]}", "{\"appId\":\"a\",\"cid\":\"c\",\"token\":\"t\",\"seq\":1,\"ids\":{}}",
        "{\"appId\":\"a\",\"cid\":\"c\",\"token\":\"t\",\"seq\":1,\"bseq\":\"x\",\"ids\":[]}", "{\"appId\":\"a\",\"cid\":\"c\",\"tok"})
    void whatIsNoStateIsNone(String text) {
        assertNull(DeviceState.decode(text));
    }

    @Test
    void eventsGoInAWindowAndEachIsTakenOutWhenItIsConfirmed() {
        add(18);
        assertEquals(0, events.take(0, 0).size(), "offline");
        events.online();
        Map<String, String> sent = events.take(0, 0);
        assertEquals(16, sent.size());
        assertEquals("{\"t\":\"event\",\"rid\":\"e1\",\"task\":\"task\",\"id\":\"id0\",\"action\":\"shown\",\"at\":1000}", sent.get("e1"));
        assertEquals(0, events.take(1, 0).size());
        assertEquals(10_000L, events.dueAt(1));
        assertTrue(events.answered("e1", null, 2));
        assertEquals("[e17]", events.take(3, 0).keySet().toString());
        assertTrue(events.answered("e2", NEVER, 4));
        assertFalse(events.answered("e1", null, 5), "it is gone");
        assertEquals(16, events.size());
    }

    @Test
    void anEventWithoutAnAnswerMakesRoomAndGoesAgainOnTheNextConnection() {
        add(18);
        events.online();
        events.take(0, 0);
        assertEquals(2, events.take(10_000, 0).size());
        assertNull(events.dueAt(10_000), "all were sent");
        events.offline();
        assertNull(events.dueAt(10_001));
        events.online();
        assertEquals("e1", first(events.take(10_001, 0)));
    }

    @Test
    void anEventThatTheServerCanNotTakeNowGoesAgainAfterAPause() {
        add(1);
        events.online();
        events.take(0, 0);
        assertFalse(events.answered("e1", LATER, 100));
        assertEquals(0, events.take(599, 0).size());
        assertEquals(600L, events.dueAt(599));
        assertEquals(1, events.take(600, 0).size());
    }

    @Test
    void theOldestEventIsDroppedAtTheBoundAndThoseOlderThanAWeekAre() {
        add(20);
        assertEquals(1, events.add(new UserEvent("task", "new", "clicked", 5_000)));
        assertEquals(20, events.size());
        assertFalse(events.isMine("e1"));
        assertEquals(19, events.dropOld(EventQueue.MAX_AGE_MS + 4_999));
        assertEquals(1, events.size());
    }

    @Test
    void eventsAreReadAsTheyWereWrittenBeforeThoseSince() {
        add(3);
        EventQueue next = new EventQueue(20, 10_000, 500);
        next.add(new UserEvent("task", "since", "clicked", 9));
        assertTrue(next.restore("app", events.encode("app")));
        next.online();
        Collection<String> frames = next.take(0, 0).values();
        assertEquals(4, frames.size());
        assertTrue(new ArrayList<>(frames).get(3).contains("since"));
        assertTrue(next.restore("app", events.encode("other app")), "of another app, that is none");
        assertEquals(4, next.size());
        assertFalse(next.restore("app", "{\"appId\":\"app\",\"events\":[{\"task\":5}]}"));
        assertFalse(next.restore("app", "{"));
    }

    @Test
    void aTokenIsToldUntilItIsConfirmedForTheCid() {
        assertTrue(channels.set("fcm", "t1"));
        assertEquals(0, channels.take(0).size(), "offline");
        channels.online("c1");
        Map<String, String> sent = channels.take(0);
        assertEquals("{k1={\"t\":\"channel\",\"rid\":\"k1\",\"kind\":\"fcm\",\"subscription\":{\"token\":\"t1\"}}}", sent.toString());
        assertEquals(0, channels.take(9_999).size());
        assertNull(channels.answered("k9", null, 9_999));
        assertEquals("[k2]", channels.take(10_000).keySet().toString());
        assertNull(channels.answered("k2", LATER, 10_100));
        assertEquals(0, channels.take(10_599).size());
        assertEquals(10_600L, channels.dueAt(10_599));
        assertEquals("[k3]", channels.take(10_600).keySet().toString());
        assertEquals("fcm", channels.answered("k3", null, 10_700));
        assertNull(channels.dueAt(10_700));
        assertFalse(channels.set("fcm", "t1"), "the server has it");
        channels.online("c2");
        assertEquals("[k4]", channels.take(0).keySet().toString());
    }

    @Test
    void aNewTokenTakesThePlaceOfOneWithoutAnAnswerAndNullDropsIt() {
        channels.online("c1");
        channels.set("fcm", "t1");
        channels.take(0);
        assertTrue(channels.set("fcm", "t2"));
        assertTrue(channels.take(1).get("k2").contains("t2"));
        assertNull(channels.answered("k1", null, 2), "of the one before");
        assertTrue(channels.set("fcm", null));
        assertTrue(channels.take(3).get("k3").endsWith("\"subscription\":null}"));
        assertEquals("fcm", channels.answered("k3", null, 4));
    }

    @Test
    void aRefusedTokenIsToldAgainOnlyWhenTheAppSaysSo() {
        channels.online("c1");
        channels.set("fcm", "t1");
        channels.take(0);
        assertEquals("fcm", channels.answered("k1", NEVER, 1));
        assertEquals(0, channels.take(100_000).size());
        assertTrue(channels.set("fcm", "t1"));
        assertEquals(1, channels.take(100_000).size());
    }

    @Test
    void tokensAreReadAsTheyWereWrittenButForWhatWasSetSince() {
        channels.online("c1");
        channels.set("fcm", "t1");
        channels.set("huawei", "h1");
        channels.answered(first(channels.take(0)), null, 1);
        ChannelTokens next = new ChannelTokens(10_000, 500);
        next.set("fcm", "t1");
        next.set("vivo", "v1");
        assertTrue(next.restore("app", channels.encode("app")));
        next.online("c1");
        String told = next.take(0).values().toString();
        assertFalse(told.contains("t1"), told);
        assertTrue(told.contains("h1") && told.contains("v1"), told);
        assertFalse(next.restore("app", "[]"));
        assertFalse(next.restore("app", "{\"appId\":\"app\",\"channels\":[5]}"));
    }
}
