import Type from 'typebox';

/** Keys of the services that record traces of pushes. */
export const tracingConfig = {
  traceRatio: Type.Number({
    default: 0,
    minimum: 0,
    maximum: 1,
    description: 'Share of tasks whose way is traced, by their ids: the same in every role. 0: tracing is off',
  }),
  traceUrl: Type.String({
    default: 'http://127.0.0.1:4318/v1/traces',
    pattern: '^https?://',
    description: 'Where spans go: OTLP over HTTP',
  }),
};
