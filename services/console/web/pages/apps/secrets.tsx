import { useState } from 'react';
import { pathOf } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyText } from '../../ui/copy.tsx';
import { ConfirmDialog, Dialog } from '../../ui/dialog.tsx';
import { Choice } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';

type Which = 'master' | 'app';
const hour = 3_600_000;
const graceHours = [0, 1, 24, 168];

/** Secrets aren't shown; each can be replaced. */
export function SecretsCard({ app }: { app: string }) {
  const { t, f } = useWords();
  const a = t.apps;
  const rotate = useChange<{ which: Which; graceMs: number }, { secret: string }>(
    'POST',
    `${pathOf('apps', app)}/secrets`,
  );
  const [asking, setAsking] = useState<Which>();
  const [grace, setGrace] = useState(String(24 * hour));
  const [secret, setSecret] = useState<string>();
  const names: Record<Which, string> = { master: a.masterSecret, app: a.appSecret };
  const helps: Record<Which, string> = { master: a.masterSecretHelp, app: a.appSecretHelp };
  return (
    <Card title={a.secrets}>
      {(['master', 'app'] as const).map((which) => (
        <div className="row-apart" key={which}>
          <div>
            <h3>{names[which]}</h3>
            <p className="small muted">{helps[which]}</p>
          </div>
          <Button label={`${a.rotate}: ${names[which]}`} onPress={() => setAsking(which)}>
            {a.rotate}
          </Button>
        </div>
      ))}
      {asking && (
        <ConfirmDialog
          open
          title={a.rotateTitle(names[asking])}
          text={a.rotateText}
          action={a.rotate}
          busy={rotate.busy}
          error={rotate.error}
          onClose={() => setAsking(undefined)}
          onConfirm={() => {
            rotate.run({ which: asking, graceMs: Number(grace) }).then(
              (answer) => {
                setSecret(answer.secret);
                setAsking(undefined);
              },
              () => {},
            );
          }}
        >
          <Choice
            label={a.grace}
            value={grace}
            options={graceHours.map((hours) => ({
              value: String(hours * hour),
              text: hours === 0 ? a.graceNone : a.graceHours(f.number(hours)),
            }))}
            onChange={setGrace}
          />
        </ConfirmDialog>
      )}
      <Dialog title={a.newSecret} open={secret !== undefined} onClose={() => setSecret(undefined)}>
        <Notice tone="warn">{t.common.onceOnly}</Notice>
        {secret !== undefined && <CopyText label={a.newSecret} text={secret} />}
        <div className="dialog-actions">
          <Button look="main" onPress={() => setSecret(undefined)}>
            {t.common.close}
          </Button>
        </div>
      </Dialog>
    </Card>
  );
}
