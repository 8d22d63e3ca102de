package dev.longwire.sdk.run;

import dev.longwire.sdk.Signer;
import dev.longwire.sdk.core.Frames;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Makes signed registrations. */
final class Registration {
    private static final int NONCE_BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String appId;
    private final Map<String, String> info;
    private final Signer signer;

    Registration(String appId, Map<String, String> info, Signer signer) {
        this.appId = appId;
        this.info = info;
        this.signer = signer;
    }

    /** @param ts ms since the epoch */
    String frame(long ts) throws Exception {
        byte[] nonceBytes = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonceBytes);
        String nonce = hex(nonceBytes);
        String sign = signer.sign(new Signer.Request(appId, ts, nonce));
        // An error page of the app's backend is not to go to the server as a signature.
        if (sign == null || !sign.matches("[0-9a-fA-F]{64}")) {
            throw new IllegalStateException("the signer's answer is not 64 hex digits");
        }
        return Frames.register(appId, ts, nonce, sign.toLowerCase(Locale.ROOT), info);
    }

    /** Signs with a secret at hand. */
    static Signer with(String appSecret) {
        return request -> hmac(appSecret, request.text());
    }

    private static String hmac(String key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return hex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String hex(byte[] bytes) {
        StringBuilder out = new StringBuilder(bytes.length * 2);
        for (byte one : bytes) {
            out.append(Character.forDigit((one >> 4) & 0xf, 16)).append(Character.forDigit(one & 0xf, 16));
        }
        return out.toString();
    }
}
