package dev.longwire.sdk.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.longwire.sdk.Push;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {
    private static final String NOTIFICATION = "{\"t\":\"push\",\"id\":\"i\",\"task\":\"k\",\"seq\":7,\"at\":5,\"exp\":9,\"notification\":{\"title\":\"T\","
            + "\"body\":\"B\",\"clickType\":\"url\",\"url\":\"u\",\"channelLevel\":3,\"notifyId\":12}}";
    private static final String[] FRAMES = {
        "{\"t\":\"registered\",\"cid\":\"c\",\"token\":\"t\"}",
        "{\"t\":\"welcome\",\"session\":\"s\",\"heartbeat\":45,\"serverTime\":1700000000000,\"window\":32,\"bseq\":3}",
        NOTIFICATION,
        "{\"t\":\"push\",\"id\":\"i\",\"task\":\"k\",\"bseq\":7,\"transmission\":\"\"}",
        "{\"t\":\"push\",\"id\":\"i\",\"task\":\"k\",\"revoke\":{\"task\":\"old\",\"force\":true}}",
        "{\"t\":\"reconnect\",\"after\":1500}",
        "{\"t\":\"kick\",\"reason\":\"replaced\",\"after\":2000}",
        "{\"t\":\"ok\",\"rid\":\"c1\"}",
        "{\"t\":\"error\",\"code\":\"bad_credentials\",\"message\":\"m\",\"reason\":\"clock\",\"serverTime\":12}",
        "{\"t\":\"pong\"}",
    };

    @Test
    void readsNotifications() throws FrameFault {
        Delivered delivered = ((ServerFrame.PushFrame) FrameReader.read(NOTIFICATION)).delivered;
        Push push = delivered.push;
        assertEquals(7L, delivered.seq);
        assertNull(delivered.bseq);
        assertEquals("i k 5 9 T B url u 3 12", String.join(" ", push.id, push.task, "" + push.at, "" + push.exp, push.notification.title,
                push.notification.body, push.notification.clickType, push.notification.url, "" + push.notification.channelLevel,
                "" + push.notification.notifyId));
        assertNull(push.notification.intent);
        assertNull(push.transmission);
    }

    @Test
    void readsTheOtherFrames() throws FrameFault {
        assertEquals("", ((ServerFrame.PushFrame) FrameReader.read(FRAMES[3])).delivered.push.transmission);
        assertTrue(((ServerFrame.PushFrame) FrameReader.read(FRAMES[4])).delivered.push.revoke.force);
        ServerFrame.Welcome welcome = (ServerFrame.Welcome) FrameReader.read(FRAMES[1]);
        assertEquals(45_000, welcome.heartbeatMs);
        assertEquals(1_700_000_000_000L, welcome.serverTime);
        assertEquals(1_500, ((ServerFrame.Reconnect) FrameReader.read(FRAMES[5])).afterMs);
        ServerFrame.Fault fault = (ServerFrame.Fault) FrameReader.read(FRAMES[8]);
        assertEquals("clock", fault.reason);
        assertEquals(12L, fault.serverTime);
        ServerFrame.Answer answer = (ServerFrame.Answer) FrameReader.read("{\"t\":\"error\",\"rid\":5,\"code\":\"forbidden\"}");
        assertEquals("5", answer.rid);
        assertEquals("forbidden", answer.fault.code);
        assertInstanceOf(ServerFrame.Unknown.class, FrameReader.read("{\"t\":\"later\",\"x\":1}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7", "null", "[]", "{}", "{\"t\":5}", "{\"t\":\"registered\",\"cid\":\"\",\"token\":\"t\"}",
        "{\"t\":\"welcome\",\"heartbeat\":0,\"bseq\":0}", "{\"t\":\"welcome\",\"heartbeat\":5,\"bseq\":-1}",
        "{\"t\":\"push\",\"id\":\"i\",\"task\":\"k\"}", "{\"t\":\"push\",\"id\":\"i\",\"task\":\"k\",\"seq\":1.5,\"transmission\":\"x\"}",
        "{\"t\":\"push\",\"id\":\"i\",\"task\":\"k\",\"seq\":9007199254740992,\"transmission\":\"x\"}",
        "{\"t\":\"push\",\"id\":\"i\",\"task\":\"k\",\"seq\":null,\"transmission\":\"x\"}",
        "{\"t\":\"push\",\"id\":\"i\",\"task\":\"k\",\"notification\":{\"title\":\"t\"}}",
        "{\"t\":\"push\",\"id\":\"i\",\"task\":\"k\",\"revoke\":{}}", "{\"t\":\"reconnect\",\"after\":-1}", "{\"t\":\"reconnect\"}",
        "{\"t\":\"kick\"}", "{\"t\":\"ok\"}", "{\"t\":\"ok\",\"rid\":1.5}", "{\"t\":\"error\"}"})
    void refusesWhatItCouldNotRelyOn(String text) {
        assertThrows(FrameFault.class, () -> FrameReader.read(text));
    }

    @Test
    void boundsTimesThatAServerNames() throws FrameFault {
        assertEquals(86_400_000, ((ServerFrame.Welcome) FrameReader.read("{\"t\":\"welcome\",\"heartbeat\":1e300,\"bseq\":0}")).heartbeatMs);
        assertEquals(86_400_000, ((ServerFrame.Reconnect) FrameReader.read("{\"t\":\"reconnect\",\"after\":1e300}")).afterMs);
    }

    @Test
    void framesThatWereBentAreReadOrRefusedAndNeverAnythingElse() {
        Random random = new Random(3);
        String[] values = {"null", "-1", "1e999", "[]", "{}", "\"\"", "true", "9007199254740993", "\"x\""};
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            String frame = FRAMES[random.nextInt(FRAMES.length)];
            String value = values[random.nextInt(values.length)];
            String bent = random.nextBoolean() ? frame.replaceFirst("[0-9]+", value) : frame.replaceFirst(":\"[a-zA-Z]*\"([,}])", ":" + value + "$1");
            bent = random.nextBoolean() ? bent : bent.substring(0, random.nextInt(bent.length() + 1));
            try {
                FrameReader.read(bent);
                read++;
            } catch (FrameFault expected) {
                assertTrue(expected.getMessage().length() < 200);
            }
        }
        assertTrue(read > 500, "some are read: " + read);
    }
}
