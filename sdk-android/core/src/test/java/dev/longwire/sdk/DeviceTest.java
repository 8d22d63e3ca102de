package dev.longwire.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import okhttp3.mockwebserver.MockResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A whole device against a server that the test plays. */
@Timeout(60)
class DeviceTest {
    private final List<String> got = Collections.synchronizedList(new ArrayList<>());
    private final List<DeviceException.Code> errors = Collections.synchronizedList(new ArrayList<>());
    private final List<String> cids = Collections.synchronizedList(new ArrayList<>());
    private final List<Device> devices = new ArrayList<>();
    private final Tuning tuning = new Tuning();
    private final MemoryStorage memory = new MemoryStorage();
    private ScriptedServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ScriptedServer();
        tuning.reconnectMinMs = 5;
        tuning.reconnectMaxMs = 40;
        tuning.retryMinMs = 2;
        tuning.retryMaxMs = 10;
    }

    @AfterEach
    void stop() throws Exception {
        for (Device device : devices) {
            device.close();
        }
        server.close();
    }

    private DeviceOptions options() {
        return new DeviceOptions(server.url(), "app").appSecret("sécret").storage(memory).tuning(tuning)
                .onPush(push -> got.add(push.id))
                .listener(new DeviceListener() {
                    @Override
                    public void onError(DeviceException error) {
                        errors.add(error.code());
                    }

                    @Override
                    public void onCid(String cid) {
                        cids.add(cid);
                    }
                });
    }

    private Device connect(DeviceOptions options) {
        Device device = Device.connect(options);
        devices.add(device);
        return device;
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (long until = System.nanoTime() + 10_000_000_000L; !condition.getAsBoolean(); Thread.sleep(2)) {
            assertTrue(System.nanoTime() < until, "not in time");
        }
    }

    private String stored(String name) {
        String text = memory.load(name);
        return text == null ? "" : text;
    }

    private void awaitGot(String... ids) throws InterruptedException {
        await(() -> got.size() >= ids.length);
        assertEquals(Arrays.asList(ids), new ArrayList<>(got));
    }

    /** The memory, which answers what it holds no sooner than that. */
    private DeviceStorage loadingOnce(CountDownLatch go) {
        return new DeviceStorage() {
            @Override
            public String load(String name) throws IOException {
                try {
                    go.await();
                } catch (InterruptedException late) {
                    throw new IOException(late);
                }
                return memory.load(name);
            }

            @Override
            public void save(String name, String text) {
                memory.save(name, text);
            }
        };
    }

    /** Saves nothing that has this text in it until it is repaired. */
    private DeviceStorage failing(String text, CountDownLatch repaired) {
        return new DeviceStorage() {
            @Override
            public String load(String name) {
                return memory.load(name);
            }

            @Override
            public void save(String name, String saved) throws IOException {
                if (saved.contains(text) && repaired.getCount() > 0) {
                    throw new IOException("no space");
                }
                memory.save(name, saved);
            }
        };
    }

    private static String hmac(String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("sécret".getBytes("UTF-8"), "HmacSHA256"));
        StringBuilder hex = new StringBuilder();
        for (byte one : mac.doFinal(text.getBytes("UTF-8"))) {
            hex.append(String.format("%02x", one));
        }
        return hex.toString();
    }

    @Test
    void registersSignedThenLogsInAndNextTimeOnlyLogsIn() throws Exception {
        Device device = connect(options().platform("android").model(String.join("", Collections.nCopies(80, "m")), "Android 5"));
        ScriptedServer.Peer peer = server.accept();
        Map<?, ?> register = peer.next();
        assertEquals(hmac("app\n" + register.get("ts") + "\n" + register.get("nonce")), register.get("sign"));
        Map<?, ?> info = (Map<?, ?>) register.get("device");
        assertEquals("android", info.get("platform"));
        assertEquals(64, ((String) info.get("model")).length());
        assertEquals("longwire.v1", server.lastRequest.getHeader("Sec-WebSocket-Protocol"));
        assertNull(server.lastRequest.getHeader("Sec-WebSocket-Extensions"));
        peer.send("{\"t\":\"registered\",\"cid\":\"c1\",\"token\":\"t1\"}");
        assertEquals("{t=login, appId=app, cid=c1, token=t1, seq=0}", peer.next().toString());
        peer.welcome();
        peer.push(7, "a");
        assertEquals(7L, peer.next("ack").get("seq"));
        assertEquals(DeviceStatus.ONLINE, device.status());
        device.close();
        assertEquals(1000, peer.closed());
        assertTrue(device.awaitStopped(5_000));
        assertEquals(StopReason.CLOSED, device.stopReason());
        connect(options());
        assertEquals("{t=login, appId=app, cid=c1, token=t1, seq=7, bseq=3}", server.accept().next().toString());
        awaitGot("a");
        await(() -> cids.size() == 2);
        assertEquals(Arrays.asList("c1", "c1"), cids);
    }

    @Test
    void eachMessageComesOnceInOrderWhateverIsSentAgain() throws Exception {
        connect(options());
        ScriptedServer.Peer peer = server.acceptLogin("c1");
        peer.push(1, "a");
        peer.push(2, "b");
        peer.push(2, "b");
        peer.push(5, "a");
        await(() -> stored("device").contains("\"seq\":5"));
        peer.close(4503);
        peer = server.acceptLogin("c1");
        assertEquals(5L, peer.login.get("seq"));
        peer.push(4, "c");
        peer.push(6, "d");
        Object acked = 0L;
        while (!acked.equals(6L)) {
            acked = peer.next("ack").get("seq");
            assertTrue((Long) acked >= 4);
        }
        awaitGot("a", "b", "d");
    }

    @Test
    void isStoredBeforeItIsAcknowledgedAndNothingGoesOnWhileTheStorageFails() throws Exception {
        CountDownLatch repaired = new CountDownLatch(1);
        connect(options().storage(failing("\"seq\":1", repaired)));
        ScriptedServer.Peer peer = server.acceptLogin("c1");
        peer.push(1, "a");
        peer.push(2, "b");
        await(() -> Collections.frequency(errors, DeviceException.Code.STORAGE_FAILED) >= 3);
        assertFalse(peer.hasFrame(50), "no ack");
        awaitGot("a");
        repaired.countDown();
        peer.next("ack");
        awaitGot("a", "b");
        await(() -> stored("device").contains("\"seq\":2"));
    }

    @Test
    void theAppIsToldItsCidOnceItIsStored() throws Exception {
        CountDownLatch repaired = new CountDownLatch(1);
        connect(options().storage(failing("\"cid\":\"c1\"", repaired)));
        server.acceptLogin("c1");
        await(() -> Collections.frequency(errors, DeviceException.Code.STORAGE_FAILED) >= 3);
        assertEquals(Collections.emptyList(), cids);
        repaired.countDown();
        await(() -> cids.size() == 1);
        assertTrue(stored("device").contains("\"cid\":\"c1\""));
        assertEquals("c1", cids.get(0));
    }

    @Test
    void aStorageThatFailsWithAnErrorIsAskedAgainToo() throws Exception {
        CountDownLatch failures = new CountDownLatch(2);
        connect(options().storage(new DeviceStorage() {
            @Override
            public String load(String name) {
                return memory.load(name);
            }

            @Override
            public void save(String name, String text) {
                if (failures.getCount() > 0) {
                    failures.countDown();
                    throw new OutOfMemoryError("the storage's fault");
                }
                memory.save(name, text);
            }
        }));
        ScriptedServer.Peer peer = server.acceptLogin("c1");
        peer.push(1, "a");
        peer.next("ack");
        await(() -> cids.size() == 1);
        assertTrue(stored("device").contains("\"seq\":1"));
    }

    @Test
    void aStorageThatHangsOrIsSpoiltIsToldOf() throws Exception {
        memory.save("device", "{\"appId\":\"ap");
        memory.save("events", "[");
        tuning.storageTimeoutMs = 20;
        CountDownLatch asked = new CountDownLatch(2);
        connect(options().storage(new DeviceStorage() {
            @Override
            public String load(String name) throws IOException {
                asked.countDown();
                try {
                    if (asked.getCount() > 0) {
                        new CountDownLatch(1).await();
                    }
                } catch (InterruptedException late) {
                    throw new IOException(late);
                }
                return memory.load(name);
            }

            @Override
            public void save(String name, String text) {
                memory.save(name, text);
            }
        }));
        server.acceptLogin("c9");
        await(() -> errors.size() >= 3);
        assertEquals(Arrays.asList(DeviceException.Code.STORAGE_FAILED, DeviceException.Code.STORAGE_CORRUPT, DeviceException.Code.STORAGE_CORRUPT), errors);
    }

    @Test
    void aClockThatIsOffIsCorrectedByTheServersAndANonceIsNotUsedTwice() throws Exception {
        connect(options().clock(new Clock() {
            @Override
            public long nowMs() {
                return System.nanoTime() / 1_000_000;
            }

            @Override
            public long wallNowMs() {
                return System.currentTimeMillis() - 3_600_000;
            }
        }));
        ScriptedServer.Peer peer = server.accept();
        Map<?, ?> first = peer.next();
        assertTrue(System.currentTimeMillis() - (Long) first.get("ts") > 3_500_000);
        peer.refuse("clock", System.currentTimeMillis());
        peer = server.accept();
        Map<?, ?> second = peer.next();
        assertTrue(Math.abs(System.currentTimeMillis() - (Long) second.get("ts")) < 60_000);
        peer.refuse("nonce", System.currentTimeMillis());
        peer = server.accept();
        Map<?, ?> third = peer.next();
        assertEquals(3, new HashSet<>(Arrays.asList(first.get("nonce"), second.get("nonce"), third.get("nonce"))).size());
        await(() -> errors.size() == 2);
    }

    @Test
    void anEventOfAClockThatIsOffIsNoOldOneAndHasTheServersTime() throws Exception {
        Device device = connect(options().clock(new Clock() {
            @Override
            public long nowMs() {
                return System.nanoTime() / 1_000_000;
            }

            @Override
            public long wallNowMs() {
                return System.currentTimeMillis() - 365 * 86_400_000L;
            }
        }));
        device.event("task", "id1", EventAction.SHOWN);
        Map<?, ?> event = server.acceptLogin("c1").next("event");
        assertTrue(Math.abs(System.currentTimeMillis() - (Long) event.get("at")) < 60_000);
    }

    @Test
    void aWrongSecretStopsForGood() throws Exception {
        Device device = connect(options());
        ScriptedServer.Peer peer = server.accept();
        peer.next();
        peer.refuse("sign", System.currentTimeMillis());
        assertTrue(device.awaitStopped(5_000));
        assertEquals(StopReason.REFUSED, device.stopReason());
        assertFalse(server.hasConnection(100));
    }

    @Test
    void aSignerThatFailsOrAnswersAnErrorPageOrAWrongSignIsAskedAgain() throws Exception {
        LinkedBlockingQueue<String> answers = new LinkedBlockingQueue<>(Arrays.asList("throw", "<html>502</html>", "", String.join("", Collections.nCopies(64, "a"))));
        connect(options().appSecret(null).signer(request -> {
            String answer = answers.poll();
            if ("throw".equals(answer)) {
                throw new IOException("no backend");
            }
            return answer == null ? hmac(request.text()) : answer;
        }));
        for (int i = 0; i < 3; i++) {
            assertEquals(1000, server.accept().closed());
        }
        ScriptedServer.Peer peer = server.accept();
        assertTrue(((String) peer.next().get("sign")).startsWith("aaaa"));
        peer.refuse("sign", System.currentTimeMillis());
        peer = server.accept();
        Map<?, ?> register = peer.next();
        assertEquals(hmac("app\n" + register.get("ts") + "\n" + register.get("nonce")), register.get("sign"));
        await(() -> Collections.frequency(errors, DeviceException.Code.SIGN_FAILED) == 3);
    }

    @Test
    void aSignerThatHangsIsGivenUpAndAskedAgain() throws Exception {
        tuning.loginTimeoutMs = 50;
        CountDownLatch asked = new CountDownLatch(2);
        connect(options().appSecret(null).signer(request -> {
            asked.countDown();
            new CountDownLatch(1).await();
            return "";
        }));
        assertTrue(asked.await(10, TimeUnit.SECONDS));
    }

    @Test
    void aRefusedTokenRegistersAnewAndTheAppHearsOfIt() throws Exception {
        connect(options());
        ScriptedServer.Peer peer = server.acceptLogin("c1");
        peer.push(1, "a");
        peer.next("ack");
        peer.close(4503);
        peer = server.accept();
        peer.next("login");
        peer.refuse("token", System.currentTimeMillis());
        peer = server.acceptLogin("c2");
        assertEquals("{t=login, appId=app, cid=c2, token=token of c2, seq=0}", peer.login.toString());
        // The same message to the new name: its id was had, its position is the new device's own.
        peer.push(1, "a");
        peer.push(2, "b");
        await(() -> stored("device").contains("\"seq\":2"));
        awaitGot("a", "b");
        await(() -> cids.size() >= 2);
        assertEquals(Arrays.asList("c1", "c2"), cids);
    }

    @Test
    void aPositionThatTheServerDoesNotKnowIsNotAcknowledgedAnyMore() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        Device device = connect(options().onPush(push -> {
            got.add(push.id);
            go.await();
        }));
        ScriptedServer.Peer peer = server.acceptLogin("c1");
        peer.push(50, "old");
        awaitGot("old");
        peer.close(4503);
        peer = server.accept();
        peer.next("login");
        peer.send("{\"t\":\"error\",\"code\":\"bad_position\",\"message\":\"m\",\"field\":\"seq\"}");
        peer.welcome();
        peer.push(3, "new");
        await(() -> device.status() == DeviceStatus.ONLINE);
        go.countDown();
        assertEquals(3L, peer.next("ack").get("seq"));
        awaitGot("old", "new");
        assertTrue(stored("device").contains("\"seq\":3"));
    }

    @Test
    void aHandlerThatFailsIsCalledAgainAndThenTheMessageCountsAsHandled() throws Exception {
        connect(options().onPush(push -> {
            got.add(push.id);
            if (push.id.equals("bad")) {
                throw new AssertionError("the app's fault");
            }
        }));
        ScriptedServer.Peer peer = server.acceptLogin("c1");
        peer.push(1, "bad");
        peer.push(2, "good");
        awaitGot("bad", "bad", "bad", "good");
        await(() -> errors.contains(DeviceException.Code.HANDLER_FAILED));
        await(() -> stored("device").contains("\"seq\":2"));
    }

    @Test
    void aHandlerThatHangsIsInterruptedAndNeverRunsTwiceAtOnce() throws Exception {
        tuning.handlerTimeoutMs = 40;
        connect(options().onPush(push -> {
            got.add(push.id);
            if (push.id.equals("slow")) {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException late) {
                    Thread.sleep(60);
                    got.add("end of slow");
                    throw late;
                }
            }
        }));
        ScriptedServer.Peer peer = server.acceptLogin("c1");
        peer.push(1, "slow");
        peer.push(2, "next");
        awaitGot("slow", "end of slow", "next");
        await(() -> errors.contains(DeviceException.Code.HANDLER_TIMEOUT));
    }

    @Test
    void anInboxThatIsFullLeavesTheConnectionAndLosesNothing() throws Exception {
        tuning.maxInbox = 3;
        CountDownLatch go = new CountDownLatch(1);
        connect(options().onPush(push -> {
            go.await();
            got.add(push.id);
        }));
        ScriptedServer.Peer peer = server.acceptLogin("c1");
        await(() -> stored("device").contains("bseq"));
        for (int i = 1; i <= 9; i++) {
            peer.push(i, "m" + i);
        }
        peer.closed();
        await(() -> errors.contains(DeviceException.Code.INBOX_FULL));
        go.countDown();
        await(() -> got.size() >= 3);
        peer = server.acceptLogin("c1");
        for (int i = 1; i <= 9; i++) {
            peer.push(i, "m" + i);
            for (Object acked = 0L; (Long) acked < i;) {
                acked = peer.next("ack").get("seq");
            }
        }
        awaitGot("m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9");
    }

    @Test
    void anInboxIsBoundInCharactersToo() throws Exception {
        tuning.maxInboxChars = 200;
        CountDownLatch go = new CountDownLatch(1);
        connect(options().onPush(push -> go.await()));
        ScriptedServer.Peer peer = server.acceptLogin("c1");
        String intent = String.join("", Collections.nCopies(100, "i"));
        for (int i = 1; i <= 5; i++) {
            peer.send("{\"t\":\"push\",\"id\":\"m" + i + "\",\"task\":\"task\",\"seq\":" + i
                    + ",\"notification\":{\"title\":\"t\",\"body\":\"b\",\"intent\":\"" + intent + "\"}}");
        }
        peer.closed();
        go.countDown();
        await(() -> errors.contains(DeviceException.Code.INBOX_FULL));
    }

    @Test
    void garbageIsPassedOver() throws Exception {
        connect(options());
        ScriptedServer.Peer peer = server.acceptLogin("c1");
        peer.send("{{{");
        peer.send("{\"t\":\"later\"}");
        peer.send("{\"t\":\"push\",\"id\":\"x\",\"task\":\"t\",\"seq\":\"1\",\"transmission\":\"x\"}");
        peer.sendBinary(new byte[] {0, -1});
        peer.send("{\"t\":\"ok\",\"rid\":\"c77\"}");
        peer.send("{\"t\":\"ok\",\"rid\":\"zzz\"}");
        peer.push(1, "a");
        peer.next("ack");
        awaitGot("a");
        await(() -> errors.size() >= 3);
        assertEquals(Collections.nCopies(3, DeviceException.Code.BAD_FRAME), errors);
    }

    @Test
    void aMessageThatWouldFillTheMemoryEndsTheConnection() throws Exception {
        connect(options());
        ScriptedServer.Peer peer = server.acceptLogin("c1");
        char[] large = new char[9 << 20];
        Arrays.fill(large, 'x');
        peer.send(new String(large));
        server.acceptLogin("c1").push(1, "a");
        awaitGot("a");
        assertFalse(errors.contains(DeviceException.Code.BAD_FRAME), "it was not even read");
    }

    @Test
    void aServerThatIsFullIsAskedAgainWhenItSaid() throws Exception {
        server.refusals.add(new MockResponse().setResponseCode(503).setHeader("Retry-After", "1"));
        long before = System.nanoTime();
        connect(options());
        server.acceptLogin("c1");
        assertTrue(System.nanoTime() - before >= 950_000_000L);
    }

    @Test
    void aKickStopsAndADrainingServerIsLeftForAnother() throws Exception {
        Device device = connect(options());
        ScriptedServer.Peer first = server.acceptLogin("c1");
        first.send("{\"t\":\"reconnect\",\"after\":20}");
        ScriptedServer.Peer second = server.acceptLogin("c1");
        assertEquals(1000, first.closed());
        second.send("{\"t\":\"kick\",\"reason\":\"replaced\"}");
        second.close(4409);
        assertTrue(device.awaitStopped(5_000));
        assertEquals(StopReason.REPLACED, device.stopReason());
        assertFalse(server.hasConnection(100));
    }

    @Test
    void callsAreAnsweredRefusedOrFail() throws Exception {
        Device device = connect(options());
        LinkedBlockingQueue<String> results = new LinkedBlockingQueue<>();
        CallResult result = error -> results.add(error == null ? "ok" : error.code().name());
        device.bindAlias("early", result);
        assertEquals("OFFLINE", results.poll(5, TimeUnit.SECONDS));
        ScriptedServer.Peer peer = server.acceptLogin("c1");
        await(() -> device.status() == DeviceStatus.ONLINE);
        device.bindAlias("mine", result);
        Map<?, ?> alias = peer.next("alias");
        assertEquals("bind mine", alias.get("op") + " " + alias.get("alias"));
        peer.send("{\"t\":\"ok\",\"rid\":\"" + alias.get("rid") + "\"}");
        assertEquals("ok", results.poll(5, TimeUnit.SECONDS));
        device.setTags(Arrays.asList("a", "b"), result);
        Map<?, ?> tags = peer.next("tags");
        assertEquals(Arrays.asList("a", "b"), tags.get("set"));
        peer.send("{\"t\":\"error\",\"code\":\"bad_frame\",\"message\":\"m\",\"rid\":\"" + tags.get("rid") + "\"}");
        assertEquals("CALL_REFUSED", results.poll(5, TimeUnit.SECONDS));
        device.unbindAlias("mine", null);
        device.close();
        device.bindAlias("late", result);
        assertEquals("OFFLINE", results.poll(5, TimeUnit.SECONDS));
        assertThrows(IllegalArgumentException.class, () -> device.bindAlias("", result));
        assertThrows(IllegalArgumentException.class, () -> device.setChannel(ChannelKind.FCM, "a b", result));
    }

    @Test
    void aCallThatNothingAnswersFailsInTime() throws Exception {
        tuning.callTimeoutMs = 60;
        Device device = connect(options());
        LinkedBlockingQueue<DeviceException.Code> results = new LinkedBlockingQueue<>();
        ScriptedServer.Peer peer = server.acceptLogin("c1");
        await(() -> device.status() == DeviceStatus.ONLINE);
        device.unbindAlias("mine", error -> results.add(error.code()));
        peer.next("alias");
        assertEquals(DeviceException.Code.TIMEOUT, results.poll(5, TimeUnit.SECONDS));
    }

    @Test
    void eventsAreStoredUntilTheyAreConfirmedAlsoAcrossRestarts() throws Exception {
        Device device = connect(options());
        device.event("task", "id1", EventAction.SHOWN);
        ScriptedServer.Peer peer = server.acceptLogin("c1");
        Map<?, ?> event = peer.next("event");
        assertEquals("task id1 shown", event.get("task") + " " + event.get("id") + " " + event.get("action"));
        device.event("task", "id1", EventAction.custom(42));
        peer.next("event");
        device.close();
        assertTrue(device.awaitStopped(5_000));
        assertTrue(stored("events").contains("custom:00042"));
        Device next = connect(options());
        peer = server.acceptLogin("c1");
        Set<Object> actions = new HashSet<>();
        for (int i = 0; i < 2; i++) {
            event = peer.next("event");
            actions.add(event.get("action"));
            peer.send("{\"t\":\"ok\",\"rid\":\"" + event.get("rid") + "\"}");
        }
        assertEquals(new HashSet<>(Arrays.asList("shown", "custom:00042")), actions);
        await(() -> stored("events").contains("\"events\":[]"));
        next.close();
    }

    @Test
    void whatIsToldBeforeTheStorageIsLoadedIsStoredAlsoWhereTheDeviceIsClosedBefore() throws Exception {
        memory.save("events", "{\"appId\":\"app\",\"events\":[{\"task\":\"task\",\"id\":\"id0\",\"action\":\"shown\",\"at\":5}]}");
        CountDownLatch go = new CountDownLatch(1);
        Device device = connect(options().storage(loadingOnce(go)));
        device.event("task", "id1", EventAction.SHOWN);
        device.setChannel(ChannelKind.FCM, "token", null);
        device.close();
        await(() -> device.stopReason() == StopReason.CLOSED);
        go.countDown();
        assertTrue(device.awaitStopped(5_000));
        assertTrue(stored("events").contains("id0") && stored("events").contains("id1"), stored("events"));
        assertTrue(stored("channels").contains("token"));
        assertFalse(errors.contains(DeviceException.Code.EVENT_DROPPED));
        device.event("task", "id2", EventAction.SHOWN);
        await(() -> errors.contains(DeviceException.Code.EVENT_DROPPED));
    }

    @Test
    void aTokenOfAChannelIsToldWhenThereIsAConnectionAndAgainToANewDevice() throws Exception {
        LinkedBlockingQueue<String> results = new LinkedBlockingQueue<>();
        Device device = connect(options());
        device.setChannel(ChannelKind.HUAWEI, "old", error -> results.add("old " + error.code()));
        device.setChannel(ChannelKind.HUAWEI, "token", error -> results.add("token " + error));
        ScriptedServer.Peer peer = server.acceptLogin("c1");
        Map<?, ?> channel = peer.next("channel");
        assertEquals("huawei {token=token}", channel.get("kind") + " " + channel.get("subscription"));
        peer.send("{\"t\":\"ok\",\"rid\":\"" + channel.get("rid") + "\"}");
        assertEquals("old SUPERSEDED", results.poll(5, TimeUnit.SECONDS));
        assertEquals("token null", results.poll(5, TimeUnit.SECONDS));
        peer.close(4503);
        peer = server.acceptLogin("c1");
        assertFalse(peer.hasFrame(50), "it was confirmed");
        peer.close(4401);
        peer = server.acceptLogin("c2");
        assertEquals("huawei", peer.next("channel").get("kind"));
    }

    @Test
    void aTokenThatIsSetAgainBeforeTheStorageIsLoadedIsConfirmedWithoutTellingItAgain() throws Exception {
        LinkedBlockingQueue<String> results = new LinkedBlockingQueue<>();
        CallResult result = error -> results.add(String.valueOf(error));
        Device device = connect(options());
        device.setChannel(ChannelKind.FCM, "token", result);
        ScriptedServer.Peer peer = server.acceptLogin("c1");
        peer.send("{\"t\":\"ok\",\"rid\":\"" + peer.next("channel").get("rid") + "\"}");
        assertEquals("null", results.poll(5, TimeUnit.SECONDS));
        device.close();
        assertTrue(device.awaitStopped(5_000));
        CountDownLatch go = new CountDownLatch(1);
        device = connect(options().storage(loadingOnce(go)));
        device.setChannel(ChannelKind.FCM, "token", result);
        go.countDown();
        peer = server.acceptLogin("c1");
        assertEquals("null", results.poll(5, TimeUnit.SECONDS));
        assertFalse(peer.hasFrame(50), "it was confirmed");
    }

    @Test
    void logoutTellsTheServerAndEndsWithItsClose() throws Exception {
        Device device = connect(options());
        ScriptedServer.Peer peer = server.acceptLogin("c1");
        await(() -> device.status() == DeviceStatus.ONLINE);
        device.logout();
        assertEquals("logout", peer.next().get("t"));
        peer.close(1000);
        assertTrue(device.awaitStopped(5_000));
        assertEquals(StopReason.LOGOUT, device.stopReason());
    }

    @Test
    void aChangeOfNetworkIsLookedIntoAtOnce() throws Exception {
        tuning.probeTimeoutMs = 30;
        // A random part of this: too long to come back by itself before it was seen waiting.
        tuning.reconnectMinMs = 80_000_000;
        tuning.reconnectMaxMs = 80_000_000;
        List<Runnable> watches = Collections.synchronizedList(new ArrayList<>());
        Device device = connect(options().network(changed -> {
            watches.add(changed);
            return () -> watches.remove(changed);
        }));
        ScriptedServer.Peer peer = server.acceptLogin("c1");
        await(() -> device.status() == DeviceStatus.ONLINE);
        watches.get(0).run();
        assertEquals("ping", peer.next().get("t"));
        await(() -> device.status() == DeviceStatus.WAITING);
        watches.get(0).run();
        server.acceptLogin("c1");
        device.close();
        assertTrue(device.awaitStopped(5_000));
        assertTrue(watches.isEmpty());
    }

    @Test
    void aWatchOfTheNetworkThatThrowsHoldsUpNeitherTheStartNorTheEnd() throws Exception {
        Device blind = connect(options().network(changed -> {
            throw new SecurityException("no permission");
        }));
        server.acceptLogin("c1");
        await(() -> errors.contains(DeviceException.Code.CALLBACK_FAILED));
        blind.close();
        assertTrue(blind.awaitStopped(5_000));
        Device device = connect(options().network(changed -> () -> {
            throw new IllegalArgumentException("not registered");
        }));
        server.acceptLogin("c1");
        await(() -> device.status() == DeviceStatus.ONLINE);
        device.close();
        assertTrue(device.awaitStopped(5_000));
        await(() -> Collections.frequency(errors, DeviceException.Code.CALLBACK_FAILED) == 2);
    }

    @Test
    void anAppWhoseCallbacksThrowIsServedAllTheSame() throws Exception {
        connect(options().listener(new DeviceListener() {
            @Override
            public void onStatus(DeviceStatus status, StopReason reason) {
                throw new IllegalStateException("the app's fault");
            }

            @Override
            public void onError(DeviceException error) {
                errors.add(error.code());
                throw new IllegalStateException("again");
            }
        }));
        server.acceptLogin("c1").push(1, "a");
        awaitGot("a");
        await(() -> errors.contains(DeviceException.Code.CALLBACK_FAILED));
    }

    @Test
    void whatIsSaidAfterTheEndWaitsForTheCallbackThatIsUnderWay() throws Exception {
        CountDownLatch stopping = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        List<String> said = Collections.synchronizedList(new ArrayList<>());
        Device device = connect(options().listener(new DeviceListener() {
            @Override
            public void onStatus(DeviceStatus status, StopReason reason) {
                if (status == DeviceStatus.STOPPED) {
                    stopping.countDown();
                    try {
                        go.await();
                    } catch (InterruptedException fault) {
                        said.add("interrupted");
                    }
                    said.add("stopped");
                }
            }

            @Override
            public void onError(DeviceException error) {
                said.add(error.code().name());
            }
        }));
        device.close();
        assertTrue(stopping.await(5, TimeUnit.SECONDS));
        assertTrue(device.awaitStopped(5_000));
        device.event("task", "id", EventAction.SHOWN);
        device.bindAlias("late", error -> said.add(error.code().name()));
        go.countDown();
        await(() -> said.size() == 3);
        assertEquals("stopped", said.get(0));
        assertEquals(new HashSet<>(Arrays.asList("stopped", "EVENT_DROPPED", "OFFLINE")), new HashSet<>(said));
    }

    @Test
    void nothingRunsOnAfterTheEnd() throws Exception {
        Device device = connect(new DeviceOptions(server.url(), "ending").appSecret("sécret").storage(memory).onPush(push -> got.add(push.id)));
        server.acceptLogin("c1").push(1, "a");
        awaitGot("a");
        device.close();
        assertTrue(device.awaitStopped(5_000));
        await(() -> Thread.getAllStackTraces().keySet().stream().noneMatch(thread -> thread.getName().startsWith("longwire-ending")));
    }

    @Test
    void optionsThatMakeNoSenseAreNamed() {
        assertThrows(IllegalArgumentException.class, () -> new DeviceOptions("https://host/sdk/v1", "app"));
        assertThrows(IllegalArgumentException.class, () -> new DeviceOptions("ws://", "app"));
        assertThrows(IllegalArgumentException.class, () -> new DeviceOptions("ws://host:99999/sdk/v1", "app"));
        IllegalArgumentException missing = assertThrows(IllegalArgumentException.class, () -> Device.connect(new DeviceOptions(server.url(), "app")));
        assertEquals("storage: it is missing", missing.getMessage());
        tuning.maxInbox = 0;
        IllegalArgumentException wrong = assertThrows(IllegalArgumentException.class, () -> Device.connect(options()));
        assertEquals("tuning.maxInbox: 0 is not from 1 to 100000", wrong.getMessage());
    }
}
