import { maxTtlMs } from '../../../../services/common/protocol/rest/settings.ts';
import { retentionOf } from '../../../../services/common/protocol/topics.ts';
import { spanText } from '../../spans.ts';
import { type Check, type Finding, fault, fine, notChecked } from '../finding.ts';
import type { Kafka, KafkaTopic, Readings } from '../readings.ts';

const look = ({ kafka }: Readings, rule: (topic: KafkaTopic, kafka: Kafka) => Finding): Finding[] => {
  if (!kafka.ok) return [notChecked('Kafka', kafka.why)];
  if (kafka.value.topics.length === 0)
    return [notChecked('Kafka', 'it has no topics of the line yet: im makes them at its start')];
  return kafka.value.topics.map((topic) => rule(topic, kafka.value));
};

/** Publishers always ask for acks=all: what that is worth is what replicas and `min.insync.replicas` make of it. */
export const kafkaReplication: Check = {
  name: 'kafka-replication',
  run: (readings) =>
    look(readings, ({ topic, replicas, inSync, minInSync, uncleanElection }) => {
      const what = `${replicas} replicas, ${inSync} in sync, min.insync.replicas ${minInSync}`;
      if (replicas < 2) {
        const means = 'acks=all is an ack of one broker: a disk that is lost takes along what was accepted.';
        return fault(
          'weak',
          topic,
          what,
          means,
          'Three brokers; kafka-reassign-partitions.sh to three replicas, then min.insync.replicas=2.',
        );
      }
      if (uncleanElection) {
        const means =
          'A replica that lacks records may become the leader: what was accepted is gone, and devices’ positions with it.';
        return fault(
          'wrong',
          topic,
          'unclean.leader.election.enable is true',
          means,
          `kafka-configs.sh --alter --topic ${topic} --add-config unclean.leader.election.enable=false`,
        );
      }
      if (minInSync < 2) {
        const means =
          'acks=all is content with the leader alone while the others are away: its disk may have the only copy.';
        return fault(
          'wrong',
          topic,
          what,
          means,
          `kafka-configs.sh --alter --entity-type topics --entity-name ${topic} --add-config min.insync.replicas=2`,
        );
      }
      if (minInSync >= replicas) {
        const means = 'One broker that is away is enough, and nothing is accepted any more.';
        return fault('weak', topic, what, means, 'One replica more than min.insync.replicas: 3 and 2.');
      }
      if (inSync < replicas) {
        const means = 'A broker is away or lags: with one more nothing is accepted.';
        return fault(
          'weak',
          topic,
          what,
          means,
          'kafka-topics.sh --describe --under-replicated-partitions names the broker: look at its log.',
        );
      }
      return fine(topic, `${what}; publishers ask for acks=all`);
    }),
};

export const kafkaRetention: Check = {
  name: 'kafka-retention',
  run: (readings) =>
    look(readings, ({ topic, retentionMs }) => {
      const kept = retentionMs < 0 ? 'for ever' : spanText(retentionMs);
      if (retentionOf(topic).kind !== 'replayed') return fine(topic, `kept ${kept}`);
      if (retentionMs < 0 || retentionMs > maxTtlMs)
        return fine(topic, `kept ${kept}, longer than the longest ttl (${spanText(maxTtlMs)})`);
      const means =
        'If the users’ Redis is lost, it is filled again from here: messages older than that are lost for devices that are away.';
      const mend = `busRetentionMs of 4 days for new topics; of this one kafka-configs.sh --alter --entity-type topics --entity-name ${topic} --add-config retention.ms=345600000`;
      return fault('wrong', topic, `kept ${kept}, no longer than the longest ttl (${spanText(maxTtlMs)})`, means, mend);
    }),
};
