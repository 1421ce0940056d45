// What passes between useCan() in a browser and the application that serves it. It runs in both: nothing is imported here.

/** So many questions one request may ask. */
export const CAN_LIMIT = 200;

/** What a page asks about whoever is signed in. */
export interface CanQuestion {
  /** Such as `task:delete`. */
  permission: string;
  /** Its id, or that and the attributes that conditions look at; left out for what has no resource yet, such as `task:create`. */
  resource?: string | { id?: string; properties?: object | undefined } | undefined;
}

/** The body of a request. */
export interface CanQuestions {
  questions: readonly CanQuestion[];
}

/** The answer: whether each is permitted, in the order of the questions, and nothing else. */
export interface CanAnswers {
  answers: readonly boolean[];
}
