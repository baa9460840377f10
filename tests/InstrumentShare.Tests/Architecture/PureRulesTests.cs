using System.Reflection;

namespace InstrumentShare.Tests.Architecture;

public sealed class PureRulesTests
{
    private static readonly string[] Impure = ["Microsoft.EntityFrameworkCore", "Microsoft.AspNetCore", "Quartz", "Npgsql", "System.Net.Http"];

    [Fact]
    public void Rules_and_calculators_are_pure()
    {
        var wrong = new List<string>();
        foreach (var type in typeof(Program).Assembly.GetTypes().Where(IsPure))
        {
            foreach (var method in type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
                if (method.GetParameters().Select(p => p.ParameterType).Append(method.ReturnType).FirstOrDefault(IsImpure) is { } found)
                    wrong.Add($"{type.Name}.{method.Name} mentions {found.Name}");
            foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
                if (IsImpure(field.FieldType) || (!field.IsInitOnly && !field.IsLiteral && !field.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute)) && !type.IsValueType))
                    wrong.Add($"{type.Name}.{field.Name} is impure or can change");
        }

        wrong.ShouldBeEmpty();
    }

    private static bool IsPure(Type type) => !type.IsEnum && !type.Name.Contains('<', StringComparison.Ordinal) &&
        (type.Namespace == "InstrumentShare.Kernel" || type.Name.EndsWith("Rules", StringComparison.Ordinal) || type.Name.EndsWith("Calculator", StringComparison.Ordinal));

    private static bool IsImpure(Type type)
    {
        if (typeof(Task).IsAssignableFrom(type) || type.Name.StartsWith("ValueTask", StringComparison.Ordinal)) return true;
        if (Impure.Any(i => type.Namespace?.StartsWith(i, StringComparison.Ordinal) == true)) return true;
        return type.IsGenericType && type.GetGenericArguments().Any(IsImpure);
    }
}
