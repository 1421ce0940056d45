// House rules about the documents: links lead somewhere, decisions are numbered and complete, the change log has a place for what is new.
import { posix } from 'node:path';

const TEST_FILE = /\.spec\.(ts|tsx|mjs)$|(^|\/)test_[^/]*\.py$/;
const ADR_PARTS = ['Context', 'Options', 'Decision', 'Cost', 'How to overturn it'];

export const DOCUMENT_RULES = [
  { name: 'links in documents lead somewhere', check: links },
  { name: 'tests that documents name are there', check: namedTests },
  { name: 'decision records are numbered and complete', check: decisionRecords },
  { name: 'the change log has an Unreleased section', check: changeLog },
];

function links({ files, read }) {
  const known = new Set(files);
  const folders = new Set(files.flatMap(parents));
  return documents(files).flatMap((file) =>
    targets(read(file)).flatMap((target) => {
      const [path, anchor] = target.split('#');
      const to = path === '' ? file : posix.normalize(posix.join(posix.dirname(file), decodeURI(path))).replace(/\/$/, '');
      if (!known.has(to) && !folders.has(to)) return [`${file} links to \`${target}\`, which is not there`];
      const lost = anchor && to.endsWith('.md') && !anchors(read(to)).has(anchor);
      return lost ? [`${file} links to \`${target}\`: no such heading`] : [];
    }),
  );
}

/** Files of tests between backticks: by their whole path, or by its end, such as `http/limits.spec.ts`; `*` stands for any name. */
function namedTests({ files, read }) {
  const tests = files.filter((file) => TEST_FILE.test(file));
  return documents(files)
    .filter((file) => /^docs\/[^/]+$/.test(file))
    .flatMap((file) => {
      const named = [...withoutCode(read(file)).matchAll(/`([^`\s]+)`/g)].map(([, name]) => name).filter((name) => TEST_FILE.test(name));
      return named.filter((name) => !tests.some((test) => isCalled(test, name))).map((name) => `${file} names the test \`${name}\`, which is not there`);
    });
}

function isCalled(file, name) {
  const parts = name.split('*').map((part) => part.replace(/[.\\+?^${}()|[\]]/g, '\\$&'));
  return new RegExp(`(^|/)${parts.join('[^/]*')}$`).test(file);
}

function decisionRecords({ files, read }) {
  const records = files.filter((file) => /^docs\/adr\/.*\.md$/.test(file)).sort();
  return records.flatMap((file, index) => {
    const number = String(index + 1).padStart(4, '0');
    const headings = new Set([...withoutCode(read(file)).matchAll(/^## +(.+)$/gm)].map(([, heading]) => heading.trim()));
    return [
      ...(posix.basename(file).startsWith(`${number}-`) ? [] : [`${file} should have the number ${number}: numbers have no gaps and no doubles`]),
      ...ADR_PARTS.filter((part) => !headings.has(part)).map((part) => `${file} has no section \`${part}\``),
    ];
  });
}

function changeLog({ files, read }) {
  return files.includes('CHANGELOG.md') && /^## \[?Unreleased\]?/m.test(read('CHANGELOG.md')) ? [] : ['CHANGELOG.md has no `## Unreleased`'];
}

function documents(files) {
  return files.filter((file) => file.endsWith('.md'));
}

/** The relative targets of links and images. */
function targets(text) {
  const found = [...withoutCode(text).matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)|<img[^>]* src="([^"]+)"/g)].map(([, link, image]) => link ?? image);
  return found.filter((target) => !/^[a-z][a-z+.-]*:/i.test(target));
}

function anchors(text) {
  const headings = [...withoutCode(text).matchAll(/^#+ +(.+)$/gm)].map(([, heading]) => heading);
  return new Set(headings.map((heading) => heading.trim().toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-')));
}

function withoutCode(text) {
  return text.replace(/^```[\s\S]*?^```$/gm, '');
}

function parents(file) {
  const folder = posix.dirname(file);
  return folder === '.' ? [] : [folder, ...parents(folder)];
}
