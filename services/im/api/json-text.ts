/**
 * Data of an answer that is written as JSON already. For answers whose names are new each time, such as `{task: {cid: status}}`: V8 gives an
 * object with new names a class of its own, which it puts into the old generation along with the names (decision 031).
 */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
