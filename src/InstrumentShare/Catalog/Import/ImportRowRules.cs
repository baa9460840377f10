using System.Globalization;
using InstrumentShare.Kernel;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Catalog.Import;

/// <summary>Turns a row of national fields into an instrument's input, telling of every cell that cannot be read.</summary>
public static class ImportRowRules
{
    /// <summary>Fen in 10,000 yuan: <c>worth</c> is in 万元 and must come out at whole fen.</summary>
    private const decimal FenPerWan = 1_000_000m;

    private static readonly LocalDatePattern[] Dates =
    [
        LocalDatePattern.Iso, .. new[] { "uuuu'-'M'-'d", "uuuu'/'M'/'d", "uuuu'.'M'.'d", "uuuu'年'M'月'd'日'", "uuuuMMdd", "uuuu'-'MM'-'dd 00:00:00" }.Select(LocalDatePattern.CreateWithInvariantCulture),
    ];

    /// <param name="row">Cells by national field name; a column that the file lacks is absent.</param>
    public static (InstrumentInput Input, List<ImportProblem> Problems) Read(int number, IReadOnlyDictionary<string, string> row)
    {
        var problems = new List<ImportProblem>();
        var input = new InstrumentInput
        {
            InnerId = Cell("innerId"),
            Name = Cell("cname"),
            NameEn = Cell("ename"),
            Classification = ClassOf(Cell("instrCategory")),
            OriginalValue = Worth(),
            BelongsTo = WordOf("instrBelongsType", NationalWords.BelongsTo),
            BelongsToName = Text("instrBelongsName") is { Length: > 0 } name ? name : Text("resourceName") ?? Text("instrBelongsName"),
            Region = Place(),
            Street = Text("street"),
            Source = WordOf("instrSource", NationalWords.Source),
            Kind = WordOf("type", NationalWords.Kind),
            Subjects = Text("subject") is { } subjects ? Split(subjects) : null,
            Nation = Text("nation"),
            RunHours = Text("runMachine"),
            ServiceHours = Text("serviceMachine"),
            Model = Text("instrVersion"),
            Manufacturer = Text("manufacturer"),
            BeginOn = Text("beginDate") is { } date ? Date(date) : null,
            Technical = Text("technical"),
            Function = Text("function"),
            Requirement = Text("requirement"),
            Fee = Text("fee"),
            ServiceContent = Text("serviceContent"),
            ServiceUrl = Text("serviceUrl"),
            CustomsSupervised = YesNo("instrSupervise"),
            Funds = Text("funds") is { } funds ? Split(funds).Select(f => Known("funds", f, NationalWords.Funds) ?? string.Empty).Where(f => f.Length > 0).ToList() : null,
            InsideDepart = Text("insideDepart"),
            Contact = Text("contact"),
            Phone = Text("phone"),
            Email = Text("email"),
            Address = Text("address"),
            PostalCode = Text("postalcode") is { Length: > 0 } code && IsDigits(code) ? code.PadLeft(6, '0') : Text("postalcode"),
            Sharing = WordOf("share", NationalWords.Sharing),
            Status = WordOf("status", NationalWords.Status),
        };
        return (input, problems);

        string? Cell(string column) => row.TryGetValue(column, out var cell) ? cell.Trim() : null;

        // The national platform writes 无 where nothing is known.
        string? Text(string column) => Cell(column) is "无" ? string.Empty : Cell(column);

        void Add(string column, string value, Problem problem) => problems.Add(new ImportProblem(number, column, value, problem));

        string? WordOf(string column, IReadOnlyDictionary<string, string> words) => Cell(column) is { Length: > 0 } word ? Known(column, word, words) : null;

        string? Known(string column, string word, IReadOnlyDictionary<string, string> words)
        {
            if (words.TryGetValue(word, out var known)) return known;
            Add(column, word, Problem.Invalid("instrument.unknown-word", column, ("value", word), ("known", string.Join("、", words.Keys.Where(k => k[0] > '\u007f')))));
            return null;
        }

        bool? YesNo(string column)
        {
            if (Cell(column) is not { Length: > 0 } word) return null;
            if (NationalWords.YesNo.TryGetValue(word, out var yes)) return yes;
            Add(column, word, Problem.Invalid("instrument.unknown-word", column, ("value", word), ("known", "是、否")));
            return null;
        }

        MoneyInput? Worth()
        {
            if (Cell("worth") is not { Length: > 0 } worth) return null;
            var style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;
            if (decimal.TryParse(worth, style, CultureInfo.InvariantCulture, out var wan) && wan >= 0 && wan <= InstrumentFieldRules.MaxValueFen / FenPerWan && wan * FenPerWan % 1 == 0)
                return new MoneyInput(new Money((long)(wan * FenPerWan)).ToString());
            Add("worth", worth, Problem.Invalid("import.worth", "worth", ("value", worth)));
            return new MoneyInput("0");
        }

        string? Place()
        {
            var (province, city, county) = (Text("province") ?? string.Empty, Text("city") ?? string.Empty, Text("county") ?? string.Empty);
            var (region, unknown) = PlaceRules.Find(province, city, county);
            if (unknown is not null) Add(unknown, Cell(unknown)!, Problem.Invalid("import.unknown-place", unknown, ("value", Cell(unknown))));
            return region?.Code;
        }
    }

    private static string? ClassOf(string? text) => text switch
    {
        null or "" => text,
        "999999" => "990000",
        _ when IsDigits(text) => text.PadLeft(6, '0'),
        _ => ClassificationTree.National.CodeOf(text) ?? text,
    };

    private static string Date(string text)
    {
        foreach (var pattern in Dates)
            if (pattern.Parse(text) is { Success: true } parsed) return LocalDatePattern.Iso.Format(parsed.Value);
        return text;
    }

    private static List<string> Split(string text) => text.Split([',', '，', ';', '；', '|'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToList();

    private static bool IsDigits(string text) => text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;
}
