import Testing

@testable import Recipe

@Suite("Specifications of models and data")
struct SpecificationTests {
  @Test(
    "any text is taken apart, and stays what it is",
    arguments: [
      "", ":", "?", "a=", "a=b:c?d=e", "digits?size=32", "py:a.py:f?x=b:c", "=:?&=", "a?b?c=d",
      "dir/a=py:x:y", "a=b=c:d", "hf:x?a%26b=%c3%a9%", "é=py:ü.py:f?k=ö&&x",
    ])
  func text(_ text: String) { #expect(Specification(text).text == text) }

  @Test("a name stands before the first =, if no colon, question mark or slash comes before that")
  func names() {
    #expect(Specification("small=py:a.py:f?width=4").givenName == "small")
    for text in ["digits?size=32", "dir/a=py:x:y", ":a=b", "=x", "py:a.py:f?x=1"] {
      #expect(Specification(text).givenName == nil, "\(text)")
    }
  }

  @Test("keys and values are decoded alike; what is no escape stays")
  func decoding() {
    let options = Specification("py:a:f?%74ag=x%26y&k%3D=%3d&p=50%&q=%zz&r=%C3%A9&s=%FF").options
    #expect(options.map(\.key) == ["tag", "k=", "p", "q", "r", "s"])
    #expect(options.map(\.text) == ["x&y", "=", "50%", "%zz", "é", "\u{FFFD}"])
    for option in options.dropLast() { #expect(SpecificationOption(option.written) == option) }
  }

  @Test(
    "values have the types that Python is sent",
    arguments: [
      ("true", OptionValue.truth(true)), ("False", .truth(false)), ("NONE", .none),
      ("4", .whole(4)),
      ("-7", .whole(-7)), ("+3", .whole(3)), ("007", .whole(7)), ("0.5", .number(0.5)),
      ("1e-3", .number(0.001)), (".5", .number(0.5)), ("2.", .number(2)),
      ("-inf", .number(-.infinity)), ("9223372036854775808", .number(9.223372036854775808e18)),
      ("1_000", .text("1_000")), (" 4", .text(" 4")), ("0x10", .text("0x10")), ("", .text("")),
      ("DEFAULT", .text("DEFAULT")), ("1e999", .text("1e999")), ("٣", .text("٣")),
    ])
  func values(_ text: String, _ value: OptionValue) { #expect(OptionValue(text) == value) }

  @Test(
    "whose code runs is told, however it is spelt",
    arguments: [
      ("py:nets/a.py:small?width=4", ["nets/a.py"]), ("x=script:net.pt", ["net.pt"]),
      ("hub:pytorch/vision:main:r", ["github.com/pytorch/vision"]),
      ("hub:here/nets:r?source=local", ["here/nets/hubconf.py"]),
      ("hub:here/nets:r?sourc%65=loc%61l", ["here/nets/hubconf.py"]),
      ("hf:a/b?trust_remote_code=true", ["a/b"]), ("hf:a/b?trust%5Fremote%5Fcode=true", ["a/b"]),
      ("hf:a/b?trust_remote_code=%54rue", ["a/b"]), ("hf:a/b?trust_remote_code=1", ["a/b"]),
      ("hf:a/b?trust_remote_code=yes", ["a/b"]), ("hf:a/b?trust_remote_code=0.5", ["a/b"]),
      ("hf:a/b?x=1&trust_remote_code=nan", ["a/b"]), ("hf:a/b?weights%5Fonly=0", ["a/b"]),
      ("hf:a/b?trust_remote_code=false", []), ("hf:a/b?trust_remote_code=0.0", []),
      ("hf:a/b?trust_remote_code=None", []), ("hf:a/b?trust_remote_code=", []), ("hf:a/b", []),
      ("timm:x?checkpoint%5fpath=w.pth", ["w.pth"]), ("timm:x?pretrained=true", []),
      ("torchvision:LSUN?root=lsun", ["lsun"]), ("digits", []), ("npz:a.npz", []),
      ("torchvision:resnet18", []), ("py:\u{1B}.py:f", [#"\u{1B}.py"#]), ("py:", []), ("hub:", []),
    ])
  func code(_ text: String, _ sources: [String]) { #expect(Specification(text).code == sources) }

  @Test(
    "what is wrong is told as a value",
    arguments: [
      ("resnet18", SpecificationProblem.unknownKind(text: "resnet18", .model)),
      ("py:net.py", .incomplete(text: "py:net.py", example: "py:FILE.py:FUNCTION")),
      ("hub:net", .incomplete(text: "hub:net", example: "hub:OWNER/REPO:NAME")),
      ("timm:", .incomplete(text: "timm:", example: "timm:NAME")),
      ("timm:x?pretrained", .noOption(part: "pretrained", text: "timm:x?pretrained")),
      ("timm:x?a=1&%61=2", .twice(key: "a", text: "timm:x?a=1&%61=2")),
    ])
  func problems(_ text: String, _ problem: SpecificationProblem) {
    #expect(Specification(text).problem(as: .model) == problem)
    #expect(!problem.problem.isEmpty && !problem.remedy.isEmpty)
  }

  @Test("names are unique in a study; data sets from one source are told apart by their options")
  func unique() {
    func names(_ texts: [String], _ role: Specification.Role) -> [String] {
      Specification.names(of: texts.map { Specification($0) }, as: role).map(\.name)
    }
    #expect(
      names(["torchvision:resnet18", "timm:resnet18", "b=py:f.py:resnet18"], .model)
        == ["resnet18", "resnet18-2", "b"])
    #expect(names(["a=timm:x", "a=timm:y", "a-2=timm:z"], .model) == ["a", "a-2", "a-2-2"])
    #expect(names(["digits", "digits?rotate=90"], .data) == ["digits", "digits?rotate=90"])
    #expect(
      names(["hf:org/bert/", "hub:a/b:main:net", "script:x/w.pt"], .model) == ["bert", "net", "w"])
    let twice = [Specification("timm:x"), Specification("timm:x")]
    let named = Specification.names(of: twice, as: .model)
    #expect(named.map(\.wanted) == [nil, "x"])
  }

  @Test("choices of tokens are read")
  func tokens() {
    #expect(TokenChoice("flatten") == TokenChoice())
    #expect(TokenChoice("class")?.take == .first)
    #expect(TokenChoice("each").map { $0.take == .each && $0.perSample == nil } == true)
    #expect(TokenChoice("each:8")?.perSample == 8)
    #expect(TokenChoice("each:8:padded")?.keepsPadding == true)
    #expect(TokenChoice("mean:padded")?.keepsPadding == true)
    for text in [
      "", "last", "mean:8", "each:0", "each:-1", "each:x", "each:8:", "padded", "each:1:2",
    ] {
      #expect(TokenChoice(text) == nil, "\(text)")
    }
  }
}
