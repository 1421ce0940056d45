export { answerError, type Grounds, sendProblem } from './answers.ts';
export { apiKeyHash, mayAsk, type Asks } from './api-key.ts';
export { BODY_LIMITS, decisionHttp, type DecisionHttpOptions, named, only } from './decision-http.ts';
export { type Caller, type OnDecision } from './asking.ts';
export { MAX_ITEMS } from './evaluations.ts';
export { readQuestion } from './grounds.ts';
export { readJson } from './read-json.ts';
export { MAX_DEPTH } from './read-request.ts';
