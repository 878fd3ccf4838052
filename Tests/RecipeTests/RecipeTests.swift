import Foundation
import Testing

@testable import Recipe

@Suite("Recipes")
struct RecipeTests {
  private static let full = """
    # Depth, figure 2.
    features:
      - resnet18.safetensors
      - /data/resnet34
    output: depth.cka.safetensors
    batch-size: 128
    estimator: unbiased
    kernel: rbf:0.5
    weighting: equal
    layers: "!*.bn* conv[12]"
    pool: mean
    precision: float64
    threads: 4
    until-ci: 0.01
    layout: "{model}/{layer}"
    keep: 1G
    null: 200
    """

  private static let ofModels = """
    models:
      - torchvision:resnet18
      - wide=py:nets.py:build?width=2&checkpoint=wide.pt
    data: npz:digits.npz
    data2: "digits?noise=0.1"
    max-batches: 10
    types: [Conv2d, Linear]
    tokens: class
    device: cpu
    dtype: float64
    tf32: False
    keep-duplicates: true
    seed: 7
    python: venv/bin/python
    batch-size: 64
    output: out.cka.safetensors
    """

  @Test("every key is read, and relative paths lead from the file")
  func reads() throws {
    let recipe = try Recipe(yaml: Self.full, folder: "studies")
    #expect(recipe.features == ["studies/resnet18.safetensors", "/data/resnet34"])
    #expect(recipe[.output] == "studies/depth.cka.safetensors")
    #expect(recipe.whole(.batchSize) == 128 && recipe.number(.untilCI) == 0.01)
    #expect(recipe[.layers] == "!*.bn* conv[12]" && recipe[.kernel] == "rbf:0.5")
    #expect(recipe.options.count == 13)
    let models = try Recipe(yaml: Self.ofModels, folder: "runs")
    #expect(models.subject == .models && models.folder == "runs")
    #expect(models[.types] == "Conv2d,Linear" && models[.python] == "runs/venv/bin/python")
    #expect(models.isTrue(.keepDuplicates) && !models.isTrue(.tf32))
  }

  @Test("what is written is read again as it was", arguments: [full, ofModels])
  func roundTrip(text: String) throws {
    let recipe = try Recipe(yaml: text, folder: "/runs")
    #expect(try Recipe(yaml: recipe.yaml(folder: "/runs"), folder: "/runs") == recipe)
    var odd = Recipe(features: ["a \"b\".npz", "ü: {x}.npz"])
    try odd.say(.batchSize, "all")
    try odd.say(.layers, "*")
    try odd.say(.untilCI, "1e-3")
    #expect(try Recipe(yaml: odd.yaml()) == odd)
  }

  @Test("in another folder paths still lead to the same files")
  func folders() throws {
    let recipe = try Recipe(yaml: Self.ofModels, folder: "/runs")
    let moved = try Recipe(yaml: recipe.yaml(folder: "/elsewhere"), folder: "/elsewhere")
    #expect(
      moved.models == [
        "torchvision:resnet18", "wide=py:/runs/nets.py:build?width=2&checkpoint=/runs/wide.pt",
      ])
    #expect(moved[.data] == "npz:/runs/digits.npz" && moved[.python] == "/runs/venv/bin/python")
    #expect(
      try Recipe(yaml: "features: a.npz\noutput: out/o.cka.safetensors\n", folder: "/data")
        .yaml(folder: "/data") == "features:\n  - \"a.npz\"\noutput: \"out/o.cka.safetensors\"\n")
    let named = try Recipe(yaml: "models: timm:x\ndata: digits\npython: python3.12\n", folder: "r")
    #expect(named[.python] == "python3.12")
  }

  @Test("every option goes through YAML and back, with a value that it accepts")
  func everyOption() throws {
    for option in RecipeOption.table {
      let subject = try #require(option.subjects.first)
      var recipe = Recipe()
      switch subject {
      case .features: recipe.features = ["a.npz"]
      case .models:
        recipe.models = ["torchvision:resnet18"]
        try recipe.say(.data, "digits")
      case .backend: try recipe.say(.backend, "python3 mine.py")
      }
      let value = try #require(Self.example(option), "no example for \(option.name)")
      try recipe.say(option, value)
      if option == .nullSeed { try recipe.say(.null, "200") }
      #expect(try Recipe(yaml: recipe.yaml()) == recipe, "\(option.name)")
      let words = option == .output ? "-o" : "--\(option.name)"
      #expect(recipe.command.contains { $0.hasPrefix(words) }, "\(option.name)")
    }
    #expect(Set(RecipeOption.table.map(\.name)).count == RecipeOption.table.count)
    #expect(RecipeOption.table.allSatisfy { $0.label.count <= 11 })
  }

  private static func example(_ option: RecipeOption) -> String? {
    switch option.kind {
    case .text, .words, .path, .program: "x,y"
    case .specification: "digits"
    case .choice(let words, _): words.last
    case .whole(let range, let word): word ?? String(range.lowerBound)
    case .number: "0.5"
    case .truth: "true"
    case .checked:
      ["conv*", "each:4:padded", "cuda:0,cuda:1", "rbf:0.5:all", "sums"].first(
        where: option.accepts)
    }
  }

  typealias Kind = RecipeError.Kind

  @Test(
    "mistakes are told with their line",
    arguments: [
      ("features: [a]\nbatchsize: 3\n", "line 2", .unknownKey("batchsize")),
      ("features: [a]\n\nbatch-size: -3\n", "line 3", .wrongValue(.batchSize, text: "-3")),
      ("features: [a]\nbatch-size: [3]\n", "line 2", .notOneText(key: "batch-size")),
      ("features: [a]\nthreads: many\n", "line 2", .wrongValue(.threads, text: "many")),
      ("features: [a]\nnull: no\n", "line 2", .wrongValue(.null, text: "no")),
      ("features: [a]\nuntil-ci: 0\n", "line 2", .wrongValue(.untilCI, text: "0")),
      ("features: [a]\npool: max\n", "line 2", .wrongValue(.pool, text: "max")),
      ("features: [a]\noutput:\n", "line 2", .noValue(key: "output")),
      ("features: [a]\nlayers: !conv\n", "line 2", .noValue(key: "layers")),
      ("features: [a]\nlayers: /(/\n", "line 2", .wrongValue(.layers, text: "/(/")),
      ("features: [[a]]\n", "line 1", .notOneText(key: "features")),
      ("features: {a: b}\n", "line 1", .notOneText(key: "features")),
      ("output: a\n", "", .noSubject),
      ("features: [a]\nmodels: [timm:x]\n", "line 1", .twoSubjects(.features, .models)),
      ("features: [a]\ndevice: cpu\n", "line 2", .foreign(.device, .features)),
      ("models: [timm:x]\n", "", .noData),
      ("models: [timm:x]\ndata: digits\naxes: samples\n", "line 3", .foreign(.axes, .models)),
      (
        "models: [timm:x]\ndata: digits\ntf32: perhaps\n", "line 3",
        .wrongValue(.tf32, text: "perhaps")
      ),
      ("models: [timm:x]\ndata: digits\nseed: -1\n", "line 3", .wrongValue(.seed, text: "-1")),
      ("models: [timm:x]\ndata: [a, b]\n", "line 2", .notOneText(key: "data")),
      ("features: [a]\nkeep: sums\nuntil-ci: 0.1\n", "line 3", .untilCIWithoutScores),
      ("features: [a]\nnull-seed: 3\n", "line 2", .seedWithoutNull),
    ] as [(String, String, Kind)])
  func mistakes(text: String, place: String, kind: Kind) {
    let error = #expect(throws: RecipeError.self) { try Recipe(yaml: text) }
    #expect(error?.kind == kind)
    #expect(error?.place == place, "\(error?.problem ?? "")")
    #expect(error?.problem.isEmpty == false)
  }

  @Test(
    "text that is no YAML names the line",
    arguments: [
      "features: [a\n", "features: [a]\nlayers: *conv*\n", "a: 1\na: 2\n", "a: b: c\n", "- a\n", "",
    ])
  func notYAML(text: String) {
    let error = #expect(throws: RecipeError.self) { try Recipe(yaml: text) }
    guard case .notYAML? = error?.kind else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.place.hasPrefix("line ") == true)
  }

  @Test("a command line has one word for each option, and flags stand alone")
  func words() throws {
    let recipe = try Recipe(yaml: Self.ofModels)
    #expect(
      recipe.command == [
        "compute", "torch", "torchvision:resnet18",
        "wide=py:nets.py:build?width=2&checkpoint=wide.pt", "--data=npz:digits.npz",
        "--data2=digits?noise=0.1", "-o", "out.cka.safetensors", "--batch-size=64",
        "--max-batches=10", "--types=Conv2d,Linear", "--tokens=class", "--device=cpu",
        "--dtype=float64", "--seed=7", "--keep-duplicates", "--python=venv/bin/python",
      ])
    #expect(!recipe.identity.contains { $0.hasPrefix("--python") || $0 == "-o" })
  }
}
