import TestSupport
import Testing

@Suite struct ShowTests {
  private let place: Place

  init() throws { place = try Place() }

  @Test func aPipeGetsPlainText() throws {
    let shown = try place.cka("show", Fixture.layers, "--executed-labels")
    #expect(shown.status == 0 && shown.complaints.isEmpty)
    #expect(shown.text.steeringCharacters.isEmpty)
    #expect(shown.text.contains("ResNet18") && shown.text.contains("ResNet34"))
  }

  @Test(arguments: [
    ("true", ";38;2;"), ("256", ";38;5;"), ("16", "\u{1B}["), ("8", "\u{1B}["),
  ])
  func coloursAreSentWhenAskedFor(_ depth: String, _ sequence: String) throws {
    let shown = try place.cka("show", Fixture.layers, "--color", depth)
    #expect(shown.status == 0 && shown.text.contains(sequence))
    // Whatever follows in the terminal has its own colours again.
    #expect(shown.text.hasSuffix("\u{1B}[m\n") || shown.text.hasSuffix("\u{1B}[0m\n"))
  }

  @Test func noColourIsRespectedAndCanBeOverruled() throws {
    let environment = ["NO_COLOR": "1", "TERM": "xterm-256color", "COLORTERM": "truecolor"]
    let plain = try place.cka("show", Fixture.layers, environment: environment)
    #expect(plain.text.steeringCharacters.isEmpty)
    let asked = try place.cka(
      "show", Fixture.layers, "--color", "true", environment: environment)
    #expect(asked.text.contains(";38;2;"))
  }

  @Test(arguments: [24, 40, 80, 200])
  func noLineIsWiderThanAsked(_ width: Int) throws {
    for file in [Fixture.layers, Fixture.minibatches] {
      let shown = try place.cka("show", file, "--width", "\(width)")
      #expect(shown.status == 0)
      let widths = shown.text.split(separator: "\n").map(\.count)
      #expect(widths.max() == width, "\(file)")
    }
  }

  @Test(
    "--rows and --columns filter the heatmap, beside --layers",
    arguments: [
      ("--rows layer1", " filtered  13 × 116 "), ("--columns layer1", " filtered  68 × 19 "),
      ("--layers layer1 --rows conv", " filtered  4 × 19 "),
      ("--rows layer1 --transpose --executed-labels", " transposed  116 × 13 "),
    ])
  func eachSideHasAFilter(_ filters: String, _ title: String) throws {
    let shown = try place.shell("cka show '\(Fixture.layers)' --width 120 \(filters)")
    #expect(shown.status == 0 && shown.text.contains(title), "\(filters): \(shown)")
  }

  @Test func filtersThatLeaveNothingAreTold() throws {
    let shown = try place.cka("show", Fixture.layers, "--rows", "nothing", "--executed-labels")
    #expect(shown.status == 1 && shown.output.isEmpty)
    #expect(
      shown.complaints
        == "cka: \(Fixture.layers): the filters hide every row or every column; loosen them\n")
  }

  @Test func doubtfulLabelsAreToldOfAFewLayersToo() throws {
    let few = "cka show '\(Fixture.layers)' --rows fc --columns fc"
    #expect(try place.shell(few).complaints.contains("in registration order"))
    #expect(try place.shell("\(few) --executed-labels").complaints.isEmpty)
  }

  @Test func severalResultsFollowEachOther() throws {
    let shown = try place.cka("show", Fixture.sample("variants/dict_of_results.pkl"))
    #expect(shown.text.split(separator: "\n").count { $0.hasPrefix("╭") } == 2)
    let one = try place.cka(
      "show", Fixture.sample("variants/dict_of_results.pkl"), "--key", "run B")
    #expect(one.text.split(separator: "\n").count { $0.hasPrefix("╭") } == 1)
  }

  @Test func aKindThatIsNotThereIsSaid() throws {
    let sorted = try place.cka("show", Fixture.layers, "--view", "sorted")
    #expect(sorted.status == 1)
    #expect(
      sorted.complaints == "cka: \(Fixture.layers): holds no minibatch scores; use --view layers\n")
  }

  @Test func onlyTheKindAskedForIsShown() throws {
    try place.copySampleData()
    let sorted = try place.cka("show", "SampleData/1-depth", "--view", "sorted")
    #expect(sorted.text.contains("sorted  20 × 20"))
    #expect(sorted.text.split(separator: "\n").count { $0.hasPrefix("╭") } == 1)
  }

  @Test func hostileNamesAreHarmless() throws {
    for file in Verdict.hostile where file.isAccepted {
      let shown = try place.cka("show", file.path)
      #expect(shown.status == 0, "\(file)")
      #expect(shown.text.steeringCharacters.isEmpty, "\(file)")
    }
  }
}

/// Pipes on either side.
@Suite struct PipingTests {
  private let place: Place

  init() throws { place = try Place() }

  @Test(arguments: [
    "show --executed-labels", "info --json", "export --executed-labels -o -",
  ])
  func aReaderThatLeavesEarlyIsNoError(_ command: String) throws {
    let outcome = try place.shell("cka \(command) '\(Fixture.layers)' | head -c 10 | wc -c")
    #expect(outcome.status == 0 && outcome.complaints.isEmpty)
    #expect(outcome.text.contains("10"))
  }

  @Test func withoutATerminalTheExplorerSaysWhatItWouldShow() throws {
    for line in ["cka '\(Fixture.layers)'", "yes | cka '\(Fixture.layers)' | cat"] {
      let outcome = try place.shell(line)
      #expect(
        outcome.status == 0 && outcome.text.contains("ResNet18 on Dataset Digits32 × ResNet34"))
    }
  }

  @Test func nothingAtAllIsAnAnswerToo() throws {
    let outcome = try place.cka()
    #expect(outcome.status == 1)
    #expect(
      outcome.complaints == "cka: no result files here; name a file, or a folder that holds some\n")
  }

  @Test func closedDescriptorsDoNoHarm() throws {
    for closing in ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"] {
      let outcome = try place.shell("cka info '\(Fixture.hostile("empty.pkl"))' \(closing)")
      #expect(outcome.status == 1, "\(closing)")
    }
  }
}
