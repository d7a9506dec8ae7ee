import type { LinkId } from '../../../scan/atlas.ts';
import type { Cause, Words } from '../finding.ts';
import { type Exposure, type Guard, guardOf, type Who } from '../guard.ts';
import { linkView } from '../link-view.ts';
import { type People, peopleOf } from '../people.ts';
import type { Rule, Said } from '../rule.ts';
import { name, placeOf } from '../saying.ts';
import type { LinkView, Scene } from '../scene.ts';

const hopInWorldWritableDirectory: Rule = {
  id: 'hop-in-world-writable-directory',
  group: 'security',
  severity: 'error',
  summary: 'goes through a directory in which anybody may put something else in its place',
  why: `Whoever may write to a directory may rename what it holds and put a link of his own there; who follows the way then
opens what the attacker chose, with his own rights. A sticky directory such as /tmp keeps others from a name that exists, but
not the owner of that name, and anybody may make a name that does not exist yet.

The kernel's fs.protected_symlinks refuses a link that somebody else has put into a sticky directory that anybody may write to,
if it is the last name of what is opened. It does not where the link is a directory on the way, and it says nothing of
directories that are not sticky. So it is no reason to leave such a link as it is.

Lead the link through directories that only you or root may write to, or take the right to write from the others.`,
  broken: `
    pub/ 0777
      tool
    tool -> pub/tool`,
  fixed: `
    pub/
      tool
    tool -> pub/tool`,
  needs: 'symlinks',
  *whole(scene) {
    const people = peopleOf(scene);
    yield* each(scene, function* (link, { exposures }) {
      for (const exposure of exposures) {
        if (!exposure.open) continue;
        const { who, dir, sticky } = exposure;
        if (who.kind === 'user' && (!sticky || concerns(link, who.uid))) continue;
        const cause: Cause = { key: dir, says: ['anybody may write to ', name(dir)] };
        yield { ...placeOf(link), says: sayOpen(link, exposure, people), cause };
      }
    });
  },
};

const sayOpen = (link: LinkView, { who, path, dir, missing }: Exposure, people: People): Words => {
  if (who.kind === 'anybody' && missing)
    return ['leads to ', name(path), ', which does not exist and which anybody may make'];
  if (who.kind === 'anybody' && path === link.physical)
    return ['lies in ', name(dir), ', where anybody may put another link in its place'];
  return ['goes through ', name(path), ', in whose place ', nameOf(who, people), ' may put something else'];
};

const privilegedLinkThroughWritableDirectory: Rule = {
  id: 'privileged-link-through-writable-directory',
  group: 'security',
  severity: 'error',
  summary: 'belongs to root, lies in a place of root, and goes through a directory that another user may change',
  why: `Everybody trusts what lies in /etc or /usr, programs of root first of all. If the way of such a link goes through a directory
that belongs to another user, or that a group may write to, then that user decides what root opens: it is enough to break into
the program that runs as that user.

It is no mistake that a link of root leads to a file of another user, so nothing is said where what it leads to belongs to the
very user who may change the way. A group that nobody belongs to counts as nobody; users and groups are those of /etc/passwd and
/etc/group below the root that is checked.

Keep what root's links go through in directories that only root may write to, and give the user what lies below them.`,
  broken: `
    etc/
      app.conf -> /srv/app/current/app.conf
    srv/
      app/ @1000
        current/
          app.conf`,
  fixed: `
    etc/
      app.conf -> /srv/app/current/app.conf
    srv/
      app/
        current/
          app.conf
        uploads/ @1000`,
  needs: 'symlinks',
  *whole(scene) {
    const people = peopleOf(scene);
    yield* each(scene, function* (link, { exposures, guard }) {
      if (!guard.isRoots(link.row) || link.stat?.uid !== 0) return;
      for (const { who, path, dir, open } of exposures) {
        if (open || who.kind === 'anybody' || isHandedOver(link, who)) continue;
        const severity = who.kind === 'group' ? ({ severity: 'warning' } as const) : {};
        const may: Words =
          who.kind === 'group'
            ? ['the group ', nameOf(who, people), ' may write to ', name(dir)]
            : [name(dir), ' belongs to ', nameOf(who, people)];
        yield {
          ...placeOf(link),
          ...severity,
          says: ['goes through ', name(path), ', in whose place another may be put: ', ...may],
          cause: { key: dir, says: may },
        };
      }
    });
  },
};

const hopOwnedByOther: Rule = {
  id: 'hop-owned-by-other',
  group: 'security',
  severity: 'warning',
  summary: 'goes through a link of another user, who may lead it elsewhere',
  why: `One link leads through another one, and that belongs to somebody who is neither root, nor the owner of the first link, nor the owner
of its directory or of what both lead to. He may put another link in its place at any time, since he may write to its directory: then the first one
leads where he likes.

Who owns a link says by itself nothing: a link cannot be changed, only be replaced, and for that one needs the right to write to
its directory. So a link that somebody else owns in a directory that he may not write to is left alone.

Lead the link straight to what it shall lead to, or agree that the other user decides, and say so by an expectation.`,
  broken: `
    home/
      ann/ @1000
        data -> /home/bob/current @1000
      bob/ @1001
        current -> /srv/data @1001
    srv/
      data/`,
  fixed: `
    home/
      ann/ @1000
        data -> /srv/data @1000
      bob/ @1001
        current -> /srv/data @1001
    srv/
      data/`,
  needs: 'symlinks',
  *whole(scene) {
    const people = peopleOf(scene);
    yield* each(scene, function* (link, { exposures, guard }) {
      const met = new Set<LinkId>();
      for (const { who, path, open, link: hop } of exposures) {
        if (open || hop === undefined || hop === link.row || met.has(hop)) continue;
        const owner = guard.ownerOf(hop);
        // Who owns the directory of the first link needs no second one to lead it elsewhere.
        if (owner === undefined || owner === 0 || owner === guard.dirOwner(link.row) || concerns(link, owner)) continue;
        const may =
          who.kind === 'anybody' || (who.kind === 'user' ? who.uid === owner : people.isMember(owner, who.gid));
        if (!may || (guard.isRoots(link.row) && link.stat?.uid === 0)) continue;
        met.add(hop);
        const says: Words = [name(path), ' is a link of ', name(people.userName(owner)), ', who may lead it elsewhere'];
        yield { ...placeOf(link), says: ['goes through another one: ', ...says], cause: { key: path, says } };
      }
    });
  },
};

interface Exposed {
  readonly exposures: readonly Exposure[];
  readonly guard: Guard;
}

/** Asks of each link whose way somebody may change; every place once. */
function* each(
  scene: Scene,
  ask: (link: LinkView, exposed: Exposed) => Iterable<Said>,
): Generator<Said | undefined, void> {
  const guard = guardOf(scene);
  for (const row of guard.exposed()) {
    if (row === undefined) {
      yield undefined;
      continue;
    }
    const exposures = guard.exposures(row);
    const causes = new Set<string>();
    for (const said of ask(linkView(scene, row), { exposures, guard })) {
      const key = said.cause?.key ?? '';
      if (!causes.has(key)) yield said;
      causes.add(key);
    }
  }
}

/** The link or what it leads to belongs to this user: then he may do as he likes. */
const concerns = (link: LinkView, uid: number): boolean => {
  const { end } = link.route;
  return link.stat?.uid === uid || (end.kind === 'found' && end.stat.uid === uid);
};

/** What the link leads to is in the hands of those who may change the way: they need not change it. */
const isHandedOver = ({ route: { end } }: LinkView, who: Who): boolean => {
  if (end.kind !== 'found') return false;
  const { uid, gid, mode } = end.stat;
  if (who.kind === 'user') return uid === who.uid;
  return who.kind === 'group' && gid === who.gid && (mode & 0o020) !== 0;
};

const nameOf = (who: Who, people: People): string | { readonly name: string } => {
  switch (who.kind) {
    case 'anybody':
      return 'anybody';
    case 'user':
      return name(people.userName(who.uid));
    case 'group':
      return name(people.groupName(who.gid));
  }
};

export const securityRules: readonly Rule[] = [
  hopInWorldWritableDirectory,
  hopOwnedByOther,
  privilegedLinkThroughWritableDirectory,
];
