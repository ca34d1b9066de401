package io.github.rayservice.scaffolder.gitops.commit;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.index.ForeignChanges;
import io.github.rayservice.scaffolder.gitops.index.History;
import io.github.rayservice.scaffolder.gitops.index.ProposalDiff;
import io.github.rayservice.scaffolder.gitops.index.RepositoryView;
import io.github.rayservice.scaffolder.gitops.model.Attempt;
import io.github.rayservice.scaffolder.gitops.model.Authorship;
import io.github.rayservice.scaffolder.gitops.model.Change;
import io.github.rayservice.scaffolder.gitops.model.CommitRequest;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.Committed;
import io.github.rayservice.scaffolder.gitops.model.GitopsConfig;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.IndexEntry;
import io.github.rayservice.scaffolder.gitops.model.Proposal;
import io.github.rayservice.scaffolder.gitops.model.RefNames;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.transport.ReceiveCommand;

/**
 * Changes that travel together, each worked out on top of those before it, so that they compete
 * with each other as if they came one by one. Nothing is visible until {@link #moves()} are made.
 */
final class CommitBatch implements AutoCloseable {
  private final RepositoryView start;
  private final boolean proposes;
  private final IdempotencyStore requests;
  private final CommitWriter writer;
  private final WrittenTips writtenTips;
  private final Map<RayServiceId, WrittenTips.Tip> tips = new HashMap<>();
  private RepositoryView view;
  private ObjectId answers;

  CommitBatch(
      RepositoryView start,
      boolean proposes,
      GitopsConfig config,
      Clock clock,
      IdempotencyStore requests,
      WrittenTips writtenTips) {
    this.start = start;
    this.proposes = proposes;
    this.requests = requests;
    this.writtenTips = writtenTips;
    this.writer = new CommitWriter(start.repository(), config.committer(), clock);
    this.view = start;
    this.answers = start.remembered();
  }

  /**
   * Adds a change.
   *
   * @param checkedTip where the Ray Service's branch was when its merge request was looked up
   * @return what Git has once the moves are made
   * @throws GitopsException when it cannot be made; the others are not touched by that
   */
  Attempt<Committed> add(Change change, CommitRequest request, Optional<String> checkedTip)
      throws IOException {
    // 1 Is the branch where it was checked? What this batch has put there needs no check.
    if (!start.isBranchAt(change.id(), checkedTip)) {
      return new Attempt.BranchMoved<>();
    }
    CommitResult result = result(change, request);
    return new Attempt.Made<>(
        new Committed(
            result, proposal(result), authorship(change.id(), view.proposals().tip(change.id()))));
  }

  private Authorship authorship(RayServiceId id, ObjectId tip) throws IOException {
    WrittenTips.Tip here = tips.get(id);
    return here != null && here.commit().equals(tip)
        ? here.authorship()
        : writtenTips.of(writer.reader(), start.remembered(), id, tip);
  }

  private CommitResult result(Change change, CommitRequest request) throws IOException {
    // 2 Does the branch hold nothing that is not the Ray Service's?
    RepositoryView.Base base = view.base(change.id());
    ForeignChanges.refuse(base, writer.reader(), change.id());
    // 3 Was this request answered before?
    Optional<IdempotencyStore.Answered> earlier = answered(request);
    if (earlier.isPresent()) {
      return earlier.get().result();
    }
    // 4 What is to be written, on top of what is there now?
    Plan plan = Plan.of(base, writer.reader(), change);
    // 5 Write it, reachable from nowhere yet. A branch that holds nothing any more holds it again
    // from a new commit on, which every process sees.
    CommitResult result =
        plan.outcome() == CommitResult.Outcome.UNCHANGED && !base.isIdle(change.id())
            ? repeated(base, change)
            : write(base, change, plan, request);
    // 6 Remember the answer.
    if (request.key().isPresent()) {
      answers =
          requests.with(
              writer.reader(),
              writer.inserter(),
              answers,
              request.key().get(),
              new IdempotencyStore.Answered(request.digest(), result));
    }
    return result;
  }

  private Optional<IdempotencyStore.Answered> answered(CommitRequest request) throws IOException {
    if (request.key().isEmpty()) {
      return Optional.empty();
    }
    Optional<IdempotencyStore.Answered> earlier =
        requests.find(writer.reader(), answers, request.key().get());
    if (earlier.isPresent() && !earlier.get().digest().equals(request.digest())) {
      throw new GitopsException.KeyReused();
    }
    return earlier;
  }

  /**
   * The same create, sent again while nothing else happened to it, gets the answer it got before.
   */
  private CommitResult repeated(RepositoryView.Base base, Change change) throws IOException {
    CommitResult last =
        History.describe(
            writer.reader(), base.branch(), History.lastChange(base, change.id()), change.id());
    boolean created =
        change instanceof Change.Create && last.outcome() == CommitResult.Outcome.CREATED;
    return created ? last : last.with(CommitResult.Outcome.UNCHANGED);
  }

  private CommitResult write(
      RepositoryView.Base base, Change change, Plan plan, CommitRequest request)
      throws IOException {
    RayServiceId id = change.id();
    ObjectId commit = writer.write(base.commit(), change, plan, request);
    String branch = proposes ? RefNames.proposalBranch(id) : view.branch();
    CommitResult result = History.describe(writer.reader(), branch, commit, id);
    Optional<IndexEntry> entry =
        result
            .version()
            .map(version -> new IndexEntry(id, version, plan.summary(), Optional.empty()));
    if (proposes) {
      view = view.withProposed(id, commit, entry);
      boolean own =
          base.branch().equals(view.branch()) || authorship(id, base.commit()) == Authorship.OWN;
      tips.put(id, new WrittenTips.Tip(commit, own ? Authorship.OWN : Authorship.MIXED));
    } else {
      view = view.withAccepted(id, commit, entry);
    }
    return result.with(plan.outcome());
  }

  private Optional<Proposal> proposal(CommitResult result) throws IOException {
    boolean open =
        !result.branch().equals(view.branch()) && view.proposals().openTip(result.id()).isPresent();
    return open
        ? Optional.of(ProposalDiff.of(view, result.id(), writer.reader()))
        : Optional.empty();
  }

  /** All that makes the changes visible; empty when Git had everything already. */
  List<ReceiveCommand> moves() throws IOException {
    List<ReceiveCommand> moves = new ArrayList<>();
    if (!view.commit().equals(start.commit())) {
      moves.add(
          new ReceiveCommand(start.commit(), view.commit(), Constants.R_HEADS + start.branch()));
    }
    tips.forEach((id, tip) ->
        moves.add(
            new ReceiveCommand(
                start.proposals().tip(id),
                tip.commit(),
                Constants.R_HEADS + RefNames.proposalBranch(id))));
    ObjectId tree =
        tips.isEmpty()
            ? answers
            : writtenTips.with(writer.reader(), writer.inserter(), answers, tips, view.proposals());
    // Proposals move branches of their own. What keeps two processes from granting the same claim
    // to both is that each must move this ref from where it looked.
    if (!tips.isEmpty() || !tree.equals(start.remembered())) {
      moves.add(
          new ReceiveCommand(
              start.requests(),
              writer.writeOwn(tree, start.rememberedBy(), "Answer requests\n"),
              RefNames.REQUESTS));
    }
    writer.flush();
    return moves;
  }

  @Override
  public void close() {
    writer.close();
  }
}
