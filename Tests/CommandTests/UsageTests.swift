import Testing

@Suite struct UsageTests {
  private let place: Place

  init() throws { place = try Place() }

  @Test func helpNamesEveryCommand() throws {
    let help = try place.cka("--help")
    #expect(help.status == 0 && help.complaints.isEmpty)
    #expect(help.text.contains("USAGE: cka [PATH…] [OPTIONS]\n       cka COMMAND\n"))
    for command in [
      "explore", "compute", "jobs", "verify", "compare", "freeze", "match", "seeds", "backend",
      "info", "show", "export", "convert", "keys", "doctor",
    ] {
      #expect(help.text.contains("  \(command) "), "\(command)")
      let own = try place.cka(command, "--help")
      #expect(own.status == 0 && own.text.contains("USAGE: cka \(command)"), "\(command)")
    }
  }

  @Test func aBackendsOwnOptionsDoNotHideTheHelp() throws {
    let help = try place.cka("backend", "check", "--help")
    #expect(help.status == 0 && help.text.contains("USAGE: cka backend check "), "\(help.text)")
    let passed = try place.cka("backend", "check", "echo", "--help")
    #expect(passed.status == 1 && passed.output.isEmpty)
  }

  @Test func whatTheCommandLineSaysIsHarmless() throws {
    for line in ["cka info $'-\\e[31mx'", "cka show x --range $'\\e]0;x\\a'", "cka keys $'\\e[2J'"]
    {
      let outcome = try place.shell(line)
      #expect(outcome.status == 64 && outcome.output.isEmpty, "\(line)")
      #expect(outcome.complaints.hasPrefix("Error: "), "\(line)")
      #expect(outcome.complaints.steeringCharacters.isEmpty, "\(line)")
    }
  }

  @Test(
    "Wrong values are answered with the usage of their own command",
    arguments: [
      ["show", "x", "--width", "10"], ["show", "x", "--range", "1,0"],
      ["export", "x", "--pair", "A"],
      ["export", "x", "-o", "out.xyz"], ["compute", "x.npz"],
      ["compute", "x.npz", "-o", "out.npz"],
      ["compute", "--background", "x.npz"], ["backend", "check"],
      ["compare", "a", "--pair-b", "A"],
    ])
  func theUsageIsTheCommandsOwn(_ arguments: [String]) throws {
    let outcome = try place.shell("cka \(arguments.joined(separator: " "))")
    #expect(outcome.status == 64)
    #expect(outcome.complaints.contains("Usage: cka \(arguments[0]) "), "\(outcome.complaints)")
  }

  @Test func versionIsANumber() throws {
    let version = try place.cka("--version")
    #expect(version.status == 0)
    #expect(version.text.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
  }

  @Test(
    "A wrong command line ends with 64, says why, and writes nothing",
    arguments: [
      ["--frobnicate"], ["show"], ["info"], ["convert", "a.pkl"],
      ["convert", "a.pkl", "-o", "b.xyz"],
      ["export", "a.pkl", "--format", "gif"], ["export", "a.pkl", "--scale", "0"],
      ["export", Fixture.layers, "--colormap", "puce"],
      ["export", Fixture.layers, "--range", "1,0"],
      ["export", Fixture.layers, "--rows", "/(/"], ["show", Fixture.layers, "--width", "3"],
      ["show", Fixture.layers, "--pair", "ResNet18"], ["compute"], ["compute", "torch"],
      ["compute", Fixture.layers], ["verify"], ["jobs", "show"],
      ["--size", "0x0", "--dump-screen"],
    ])
  func wrongUse(_ arguments: [String]) throws {
    let line = arguments.map { "'\($0)'" }.joined(separator: " ")
    let outcome = try place.shell("cka \(line)")
    #expect(outcome.status == 64)
    #expect(outcome.complaints.hasPrefix("Error: "))
    #expect(outcome.output.isEmpty && place.names.isEmpty)
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func completionsAreGenerated(for shell: String) throws {
    let script = try place.shell("cka --generate-completion-script \(shell) > script")
    #expect(script.status == 0 && script.complaints.isEmpty)
    let text = String(decoding: try place.bytes("script"), as: UTF8.self)
    #expect(text.contains("cka") && text.contains("colormap"))
  }

  @Test func bashUnderstandsItsCompletions() throws {
    let check = try place.shell("cka --generate-completion-script bash | bash -n")
    #expect(check.status == 0 && check.complaints.isEmpty)
  }

  @Test func keysArePrintedAsMarkdown() throws {
    let keys = try place.cka("keys")
    #expect(keys.status == 0)
    #expect(keys.text.hasPrefix("# Keys\n") && keys.text.contains("| `q` `C-c` | `quit` |"))
  }
}
