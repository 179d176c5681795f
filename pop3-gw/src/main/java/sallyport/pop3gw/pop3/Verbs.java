package sallyport.pop3gw.pop3;

import static sallyport.pop3gw.pop3.Dialogue.end;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sallyport.authdb.protocol.SecretText;
import sallyport.pop3gw.pop3.Action.Deny;
import sallyport.pop3gw.pop3.Action.Note;
import sallyport.pop3gw.pop3.Action.Note.Topic;
import sallyport.pop3gw.pop3.Action.Send;
import sallyport.pop3gw.pop3.Action.VerifyDigest;
import sallyport.pop3gw.pop3.Action.VerifyPassword;
import sallyport.pop3gw.pop3.State.Named;
import sallyport.pop3gw.pop3.State.Ready;
import sallyport.pop3gw.pop3.State.Verifying;

/** What each command is answered before login. */
final class Verbs {
  private final Policy policy;

  Verbs(Policy policy) {
    this.policy = policy;
  }

  Step answer(Ready state, Command command) {
    return switch (command) {
      case Command.Capa ignored -> answer(state, Replies.capabilities(policy));
      case Command.Noop ignored -> answer(state, Replies.noop());
      case Command.Auth ignored -> answer(state, Replies.noMechanism());
      case Command.SaslLine ignored -> answer(state, Replies.noExchange());
      case Command.Quit ignored -> end(Replies.goodbye(policy.hostname()));
      case Command.Apop(Optional<String> login, Optional<String> digest) ->
          apop(state, login, digest);
      case Command.User(Optional<String> login) -> user(state, login);
      case Command.Pass(Optional<SecretText> password) -> pass(state, password);
      case Command.Foreign(ForeignProtocol protocol) -> foreign(protocol);
      case Command.Wrong(String verb) -> wrong(verb, Replies.wrongCommand());
    };
  }

  private Step apop(Ready state, Optional<String> login, Optional<String> digest) {
    if (state.challenge().isEmpty()) {
      return wrong("APOP", Replies.notOffered());
    }
    String challenge = state.challenge().get();
    Action ask =
        login
            .flatMap(name -> digest.<Action>map(hex -> new VerifyDigest(name, challenge, hex)))
            .orElseGet(() -> new Deny(login.orElse(""), "malformed name or digest"));
    return new Step(new Verifying(login), List.of(new Action.Named(), ask));
  }

  /** Any name is taken, or a stranger would learn which there are. */
  private Step user(Ready state, Optional<String> login) {
    if (!policy.offers(LoginMethod.PASS)) {
      return wrong("USER", Replies.notOffered());
    }
    Step step = answer(new Named(state.challenge(), state.commands(), login), Replies.userNamed());
    if (step.state() instanceof Named) {
      List<Action> actions = new ArrayList<>(List.of(new Action.Named()));
      actions.addAll(step.actions());
      return new Step(step.state(), actions);
    }
    return step;
  }

  private Step pass(Ready state, Optional<SecretText> password) {
    if (!policy.offers(LoginMethod.PASS)) {
      return wrong("PASS", Replies.notOffered());
    }
    return switch (state) {
      case State.Greeted ignored -> wrong("PASS", Replies.userFirst());
      case Named named -> pass(named.login(), password);
    };
  }

  private static Step pass(Optional<String> login, Optional<SecretText> password) {
    Action ask =
        login
            .flatMap(name -> password.<Action>map(secret -> new VerifyPassword(name, secret)))
            .orElseGet(() -> new Deny(login.orElse(""), "malformed name or password"));
    return new Step(new Verifying(login), List.of(ask));
  }

  Step foreign(ForeignProtocol protocol) {
    return end(new Note(Topic.NOT_POP3, protocol.name()), Replies.notPop3());
  }

  private static Step wrong(String verb, Reply reply) {
    return end(new Note(Topic.BAD_COMMAND, verb), reply);
  }

  private static Step answer(Ready state, Reply reply) {
    int commands = state.commands() + 1;
    return commands > Dialogue.MAX_COMMANDS
        ? end(Topic.TOO_MANY_COMMANDS, Replies.tooManyCommands())
        : new Step(state.withCommands(commands), List.of(new Send(reply)));
  }
}
