import { Ajv, type ValidateFunction } from 'ajv';

// What no schema names is refused rather than dropped. Lines of a path, a query or a header are texts, so digits in them count as
// numbers; in a body a text is a text.
const OPTIONS = { strict: true, strictRequired: false, allErrors: false, discriminator: true } as const;
const ofBodies = new Ajv(OPTIONS);
const ofTexts = new Ajv({ ...OPTIONS, coerceTypes: true });

/** Checks a part of a request against a route's schema. */
export function validatorOf(schema: object, httpPart: string | undefined): ValidateFunction {
  return (httpPart === 'body' ? ofBodies : ofTexts).compile(schema);
}
