import { screen } from '../kit/screen.ts';

export const signIn = screen(() => import('./SignIn.tsx'), 'SignIn');
export const setUp = screen(() => import('./SetUp.tsx'), 'SetUp');
export const proof = screen(() => import('./ProviderProof.tsx'), 'ProviderProof');
export const byLink = screen(() => import('./UseLink.tsx'), 'UseLink');
