import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

/**
 * Jest's environment for Node, with a plain global object for each spec file. Its own is a Proxy behind an interceptor, which is asked at each use
 * of `Object`, `Map` or `Math`: a million decisions were 44 seconds of work with it, and are 7.
 */
export default class PlainGlobalEnvironment extends TestEnvironment {
  constructor(...given) {
    const { createContext, constants } = vm;
    vm.createContext = () => createContext(constants.DONT_CONTEXTIFY);
    try {
      super(...given);
    } finally {
      vm.createContext = createContext;
    }
  }
}
