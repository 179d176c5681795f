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
import sallyport.pop3gw.pop3.State.Exchanging;
import sallyport.pop3gw.pop3.State.Greeted;
import sallyport.pop3gw.pop3.State.Named;
import sallyport.pop3gw.pop3.State.Ready;
import sallyport.pop3gw.pop3.State.Verifying;

/** What each command is answered before login. */
final class Verbs {
  private final Policy policy;

  Verbs(Policy policy) {
    this.policy = policy;
  }

  /** Of an exchange the next line is a response, whatever it looks like. */
  Step answer(Ready state, byte[] line) {
    return switch (state) {
      case Exchanging exchanging -> response(exchanging, Characters.text(line));
      case Greeted greeted -> answer(greeted, CommandParser.parse(line));
      case Named named -> answer(named, CommandParser.parse(line));
    };
  }

  private Step answer(Ready state, Command command) {
    return switch (command) {
      case Command.Capa ignored -> answer(state, Replies.capabilities(policy, state.transport()));
      case Command.Noop ignored -> answer(state, Replies.noop());
      case Command.Stls ignored -> startTls(state);
      case Command.AuthList ignored ->
          answer(state, offersPlain(state) ? Replies.mechanisms() : Replies.noMechanism());
      case Command.AuthPlain(Optional<SaslPlain> response) -> plain(state, response);
      case Command.AuthOther ignored ->
          answer(state, offersPlain(state) ? Replies.otherMechanism() : Replies.noMechanism());
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

  /**
   * What the client has told is forgotten, RFC 2595 section 4. The challenge is ours: it stays
   * good, as the greeting is not repeated and mail programs answer the one they saw. Whoever
   * changed it on its way has a digest of it sent to us, under TLS, where it is worth nothing.
   */
  private Step startTls(Ready state) {
    if (!state.transport().offersStls()) {
      boolean active = state.transport() == Transport.TLS;
      return wrong("STLS", active ? Replies.alreadyTls() : Replies.wrongCommand());
    }
    Greeted next = new Greeted(state.challenge(), Transport.TLS, state.commands() + 1);
    return state.commands() + 1 > Dialogue.MAX_COMMANDS
        ? end(Topic.TOO_MANY_COMMANDS, Replies.tooManyCommands())
        : new Step(new State.Negotiating(next), List.of(new Action.StartTls(Replies.startTls())));
  }

  private Step apop(Ready state, Optional<String> login, Optional<String> digest) {
    if (state.challenge().isEmpty() || !policy.offers(LoginMethod.APOP, state.transport())) {
      return notOffered(state, "APOP");
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
    if (!policy.offers(LoginMethod.PASS, state.transport())) {
      return notOffered(state, "USER");
    }
    Named named = new Named(state.challenge(), state.transport(), state.commands(), login);
    Step step = answer(named, Replies.userNamed());
    if (step.state() instanceof Named) {
      List<Action> actions = new ArrayList<>(List.of(new Action.Named()));
      actions.addAll(step.actions());
      return new Step(step.state(), actions);
    }
    return step;
  }

  private Step pass(Ready state, Optional<SecretText> password) {
    if (!policy.offers(LoginMethod.PASS, state.transport())) {
      return notOffered(state, "PASS");
    }
    return state instanceof Named named
        ? new Step(new Verifying(named.login()), List.of(ask(named.login(), password)))
        : wrong("PASS", Replies.userFirst());
  }

  private static Action ask(Optional<String> login, Optional<SecretText> password) {
    return login
        .flatMap(name -> password.<Action>map(secret -> new VerifyPassword(name, secret)))
        .orElseGet(() -> new Deny(login.orElse(""), "malformed name or password"));
  }

  private boolean offersPlain(Ready state) {
    return policy.offers(LoginMethod.PASS, state.transport());
  }

  private Step plain(Ready state, Optional<SaslPlain> response) {
    if (!offersPlain(state)) {
      return answer(state, Replies.noMechanism());
    }
    return response
        .map(Verbs::plain)
        .orElseGet(() ->
            answer(
                new Exchanging(state.challenge(), state.transport(), state.commands()),
                Replies.sendResponse()));
  }

  private static Step plain(SaslPlain said) {
    return new Step(
        new Verifying(said.login()),
        List.of(new Action.Named(), ask(said.login(), said.password())));
  }

  private static Step response(Exchanging state, String line) {
    return line.equals("*")
        ? answer(
            new Greeted(state.challenge(), state.transport(), state.commands()),
            Replies.exchangeAborted())
        : plain(SaslPlain.decode(line));
  }

  Step foreign(ForeignProtocol protocol) {
    return end(new Note(Topic.NOT_POP3, protocol.name()), Replies.notPop3());
  }

  private static Step notOffered(Ready state, String verb) {
    boolean later = state.transport().offersStls();
    return wrong(verb, later ? Replies.stlsFirst() : Replies.notOffered());
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
